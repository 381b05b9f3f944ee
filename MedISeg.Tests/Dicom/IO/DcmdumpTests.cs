using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using MedISeg.Dicom;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.IO;

/// <summary>DCMTK reads what we write.</summary>
public sealed class DcmdumpTests
{
    [Theory]
    [MemberData(nameof(RoundTripTests.Syntaxes), MemberType = typeof(RoundTripTests))]
    public async Task Save_EverySyntax_DcmdumpReadsNameAndNestedText(string uid)
    {
        using TempFolder folder = new();
        string path = Path.Combine(folder.Path, "a.dcm");
        File.WriteAllBytes(path, RoundTripTests.Save(RichDatasets.Create(DicomTransferSyntax.Parse(uid))));

        (int code, string text) = await Run("dcmdump", "--quiet", "--print-all", path);

        Assert.Equal(0, code);
        Assert.Contains("(0010,0010) PN [Müller^Jörg=山田]", text, StringComparison.Ordinal);
        Assert.Contains("(0008,0100) SH [inmost]", text, StringComparison.Ordinal);
        Assert.Contains("(0018,6020) SL -2\\70000", text, StringComparison.Ordinal);
        Assert.Contains("(0028,0010) US 3 ", text, StringComparison.Ordinal);
        Assert.Contains("(7fe0,0010)", text, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Text)> Run(string tool, params string[] arguments)
    {
        ProcessStartInfo start = new(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 };
        Process? process = null;
        try
        {
            process = Process.Start(start);
        }
        catch (Win32Exception)
        {
            Assert.Skip($"tool: {tool} is not installed");
        }
        using (process)
        {
            Task<string> errors = process!.StandardError.ReadToEndAsync();
            string text = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, text + await errors);
        }
    }
}
