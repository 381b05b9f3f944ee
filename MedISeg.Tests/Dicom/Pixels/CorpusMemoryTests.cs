using System.Diagnostics;
using System.Globalization;
using MedISeg.Tests.Dicom.IO;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.Pixels;

/// <summary>The whole corpus in a process of its own, which tells how much memory it ever held.</summary>
public sealed class CorpusMemoryTests
{
    private const long MostKilobytes = 1 << 20;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task Decode_TheWholeCorpus_HoldsLessThanOneGibibyte()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "system: the most that a process ever held is read from /proc");
        DataFolder.Require("dicom-expected.csv");
        ProcessStartInfo start = new("dotnet", ["exec", typeof(CorpusMemoryTests).Assembly.Location, "-noColor", "-class", typeof(CorpusPixelTests).FullName!, "-class", typeof(CorpusTests).FullName!])
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        // It only grows; what comes between the last look and the end is the end.
        long most = 0;
        while (!process.HasExited)
        {
            most = Math.Max(most, HighWaterMark(process.Id));
            await Task.Delay(Poll, TestContext.Current.CancellationToken);
        }
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"VmHWM {most} kB"));
        Assert.True(process.ExitCode == 0, await output);
        Assert.InRange(most, 1, MostKilobytes - 1);
    }

    /// <summary>kB; 0: the process is gone.</summary>
    private static long HighWaterMark(int process)
    {
        try
        {
            string line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)) ?? "VmHWM: 0 kB";
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
