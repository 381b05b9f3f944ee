using MedISeg.Dicom;
using MedISeg.Imaging.Errors;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.IO;

/// <summary>Files of the corpus that are worth damaging.</summary>
internal static class CorpusFiles
{
    private const int LargestFile = 64 * 1024;

    /// <summary>The smaller files that open, and of each transfer syntax the smallest one.</summary>
    public static IReadOnlyList<(string Name, byte[] Bytes)> Small()
    {
        string folder = DataFolder.Require("dicom-corpus");
        HashSet<string> syntaxes = [];
        List<(string, byte[])> files = [];
        foreach (FileInfo info in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(file => file.Length).ThenBy(file => file.FullName, StringComparer.Ordinal))
        {
            byte[] bytes = File.ReadAllBytes(info.FullName);
            try
            {
                bool isNew = syntaxes.Add(DicomFile.Open(bytes).Dataset.InternalTransferSyntax.Uid);
                if (isNew || bytes.Length <= LargestFile) files.Add((Path.GetRelativePath(folder, info.FullName), bytes));
            }
            catch (SegmentationException)
            {
                // Nothing to damage.
            }
        }
        Assert.True(syntaxes.Count >= 15);
        return files;
    }
}
