using System.Globalization;
using MedISeg.Dicom;
using MedISeg.Imaging.Errors;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.IO;

/// <summary>Damaged files never get more out of the library than a refusal: no foreign exception, no hang, no end of the process.</summary>
public sealed class MutationTests
{
    private const int Seed = 20260203;
    private const int LargestFile = 64 * 1024;

    /// <summary>Far more than any input takes: a guard against hanging, no measure of speed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Read_SyntheticFiles_GoThroughWhole()
    {
        using Ordeal ordeal = new();
        IReadOnlyList<(string Name, byte[] Bytes)> files = SyntheticFiles.All();

        foreach ((string name, byte[] bytes) in files) await Run(ordeal, name, bytes);

        // All but the rich ones, whose pixels have no photometric interpretation or are no frame, are images; the last is a segmentation.
        Assert.Equal(files.Count, ordeal.Opened);
        Assert.InRange(ordeal.Decoded, 10, files.Count);
        Assert.InRange(ordeal.Volumes, 9, files.Count);
        Assert.Equal(1, ordeal.Segmentations);
    }

    [Fact]
    public async Task Read_DamagedSyntheticFiles_AreReadOrRefused()
    {
        using Ordeal ordeal = await RunAll(SyntheticFiles.All(), 1500);

        Assert.InRange(ordeal.Opened, 300, 1500);
        Assert.InRange(ordeal.Decoded, 100, ordeal.Opened);
        Assert.InRange(ordeal.Volumes, 50, ordeal.Opened);
        Assert.InRange(ordeal.Written, 20, ordeal.Volumes);
        Assert.InRange(ordeal.Segmentations, 5, ordeal.Opened);
    }

    [Fact]
    public async Task Read_DamagedCorpusFiles_AreReadOrRefused()
    {
        using Ordeal ordeal = await RunAll(Corpus(), 3000);

        Assert.InRange(ordeal.Opened, 600, 3000);
        Assert.InRange(ordeal.Decoded, 200, ordeal.Opened);
        Assert.InRange(ordeal.Volumes, 50, ordeal.Opened);
        Assert.InRange(ordeal.Written, 20, ordeal.Volumes);
        Assert.InRange(ordeal.Segmentations, 5, ordeal.Opened);
    }

    private static async Task<Ordeal> RunAll(IReadOnlyList<(string Name, byte[] Bytes)> files, int count)
    {
        Ordeal ordeal = new();
        Mutator[] mutators = [.. files.Select(file => new Mutator(file.Bytes))];
        for (int n = 0; n < count; n++)
        {
            // Each input has its own numbers, so that one that fails can be made again alone.
            byte[] bytes = mutators[n % files.Count].Next(new Random(Seed + n));
            await Run(ordeal, string.Create(CultureInfo.InvariantCulture, $"{files[n % files.Count].Name}, number {n}"), bytes);
        }
        return ordeal;
    }

    private static async Task Run(Ordeal ordeal, string name, byte[] bytes)
    {
        using CancellationTokenSource source = new(Patience);
        Task run = Task.Run(() => ordeal.Run(bytes, source.Token), CancellationToken.None);
        try
        {
            await run.WaitAsync(Patience);
        }
        catch (Exception error)
        {
            Assert.Fail($"{name}: {error}");
        }
    }

    /// <summary>The smaller files that open, and of each transfer syntax the smallest one.</summary>
    private static List<(string Name, byte[] Bytes)> Corpus()
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
