using System.Diagnostics;
using System.Globalization;
using MedISeg.Dicom;
using MedISeg.Dicom.Pixels;
using MedISeg.Dicom.Pixels.Processes;
using MedISeg.Imaging.Errors;

namespace MedISeg.Tests.Dicom.Pixels;

public sealed class DecoderPoolTests
{
    private static readonly DicomTransferSyntax Jpeg2000 = DicomTransferSyntax.JPEG2000Lossless;

    private static byte[] Decode(FrameDecoder decoder) =>
        PixelSamples.Decode(decoder, PixelSamples.Attributes(Jpeg2000), PixelSamples.Golden("j2k u12"));

    /// <summary>A pool whose first child runs a shell script and whose others are the decoder.</summary>
    private static DecoderPool First(string script, DecoderOptions options)
    {
        int started = 0;
        return new DecoderPool(options, () => Interlocked.Increment(ref started) == 1
            ? new ProcessStartInfo("/bin/sh", ["-c", script])
            : DecoderCommand.Create(options.MaxMemoryBytes));
    }

    private static DecoderOptions One => new() { MaxProcesses = 1 };

    private static void RequireOpenJpeg(FrameDecoder decoder) =>
        Assert.SkipUnless(decoder.CanDecode(Jpeg2000), "tool: libopenjp2 is not installed.");

    [Theory]
    [InlineData("exit 0")]
    [InlineData("head -c 40 > /dev/null; kill -SEGV $$")] // in the midst of a frame
    [InlineData("head -c 40 > /dev/null; printf 'MSD1'; kill -9 $$")] // in the midst of its answer
    [InlineData("head -c 40 > /dev/null; printf 'not an answer at all, but long enough'")]
    [InlineData("head -c 40 > /dev/null; printf 'MSD1\\001\\000\\000\\000\\377\\377\\377\\377\\377\\377\\377\\177'")] // claims 2^63 - 1 bytes
    [InlineData("head -c 40 > /dev/null; printf 'MSD1\\007\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000'")] // a status that there is not
    public void Decode_AChildThatDiesOrBabbles_RefusesTheFrameAndDecodesTheNext(string script)
    {
        using DecoderPool pool = First(script, One);
        using FrameDecoder decoder = new(pool);

        SegmentationException exception = Assert.Throws<SegmentationException>(() => Decode(decoder));

        Assert.Equal(ErrorCode.UnreadableImage, exception.Code);
        Assert.Contains("The native decoder ended on this frame", exception.Message, StringComparison.Ordinal);
        Assert.Empty(pool.IdleProcesses);
        RequireOpenJpeg(decoder);
        Assert.Equal(PixelSamples.Words(PixelSamples.U12), Decode(decoder));
    }

    [Fact]
    public void Decode_AChildThatHangs_IsEndedAndReplaced()
    {
        using DecoderPool pool = First("exec sleep 3600", One with { Timeout = TimeSpan.FromMilliseconds(50) });
        using FrameDecoder hasty = new(pool);
        SegmentationException exception = Assert.Throws<SegmentationException>(() => Decode(hasty));
        Assert.Equal(ErrorCode.UnreadableImage, exception.Code);
        Assert.Contains("took longer than 0.05 s", exception.Message, StringComparison.Ordinal);
        Assert.Empty(pool.IdleProcesses);
    }

    [Fact]
    public void Decode_AChildThatReadsNothing_DoesNotBlockTheCaller()
    {
        using DecoderPool pool = First("exec sleep 3600", One with { Timeout = TimeSpan.FromMilliseconds(50) });
        using FrameDecoder decoder = new(pool);
        byte[] large = [.. PixelSamples.Golden("j2k u12"), .. new byte[1 << 20]]; // more than a pipe holds
        Assert.Contains("took longer", Assert.Throws<SegmentationException>(
            () => PixelSamples.Decode(decoder, PixelSamples.Attributes(Jpeg2000), large)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_CancelledWhileAChildHangs_EndsTheChild()
    {
        using DecoderPool pool = First("exec sleep 3600", One);
        using FrameDecoder decoder = new(pool);
        DicomPixelData pixels = PixelSamples.Attributes(Jpeg2000).WithFragments([], PixelSamples.Golden("j2k u12")).Pixels();
        using CancellationTokenSource source = new(TimeSpan.FromMilliseconds(50));
        Assert.Throws<OperationCanceledException>(() => decoder.Decode(pixels, 0, source.Token));
        Assert.Empty(pool.IdleProcesses);
    }

    [Fact]
    public void Decode_AnIdleChildThatDied_IsReplacedUnnoticed()
    {
        using DecoderPool pool = new(One);
        using FrameDecoder decoder = new(pool);
        RequireOpenJpeg(decoder);
        Decode(decoder);
        using (Process child = Process.GetProcessById(Assert.Single(pool.IdleProcesses)))
        {
            child.Kill();
            child.WaitForExit();
        }
        Assert.Equal(PixelSamples.Words(PixelSamples.U12), Decode(decoder));
    }

    [Fact]
    public void Decode_OneAfterTheOther_UsesOneChild()
    {
        using DecoderPool pool = new(One);
        using FrameDecoder decoder = new(pool);
        RequireOpenJpeg(decoder);
        int first = Assert.Single(pool.IdleProcesses);
        for (int i = 0; i < 5; i++) Decode(decoder);
        Assert.Equal(first, Assert.Single(pool.IdleProcesses));
    }

    [Fact]
    public void Decode_ManyAtOnce_StartsNoMoreChildrenThanAllowed()
    {
        int started = 0;
        DecoderOptions options = new() { MaxProcesses = 2 };
        using DecoderPool pool = new(options, () =>
        {
            Interlocked.Increment(ref started);
            return DecoderCommand.Create(options.MaxMemoryBytes);
        });
        using FrameDecoder decoder = new(pool);
        RequireOpenJpeg(decoder);
        byte[] expected = PixelSamples.Words(PixelSamples.U12);
        Parallel.For(0, 40, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ => Assert.Equal(expected, Decode(decoder)));
        Assert.InRange(started, 1, 2);
        Assert.Equal(started, pool.IdleProcesses.Count);
    }

    [Fact]
    public void Dispose_WithIdleChildren_EndsThem()
    {
        DecoderPool pool = new(One);
        using FrameDecoder decoder = new(pool);
        RequireOpenJpeg(decoder);
        int id = Assert.Single(pool.IdleProcesses);
        decoder.Dispose();
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(id));
        Assert.Throws<ObjectDisposedException>(() => Decode(decoder));
        decoder.Dispose();
    }

    [Fact]
    public void Child_WhenItsInputIsClosed_EndsItselfAlsoWithinAFrame()
    {
        ProcessStartInfo start = DecoderCommand.Create(1L << 30);
        start.RedirectStandardInput = start.RedirectStandardOutput = true;
        using Process child = Process.Start(start)!;
        child.StandardInput.BaseStream.Write("MSD1\x01\x00\x02\x00"u8);
        child.StandardInput.Close();
        child.WaitForExit();
        Assert.Equal(0, child.ExitCode);
    }

    [Fact]
    public void Child_OfTheRealCommand_HasItsLimitsAndNoneOfOurEnvironment()
    {
        Assert.SkipUnless(Directory.Exists("/proc/self"), "tool: there is no /proc.");
        Environment.SetEnvironmentVariable("MEDISEG_TEST_SECRET", "hunter2");
        using DecoderPool pool = new(One with { MaxMemoryBytes = 300L << 20 });
        _ = pool.Libraries;
        string folder = Path.Combine("/proc", Assert.Single(pool.IdleProcesses).ToString(CultureInfo.InvariantCulture));

        string[] names = [.. File.ReadAllText(Path.Combine(folder, "environ")).Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(entry => entry.Split('=')[0])];
        Assert.Subset(new HashSet<string>(["DOTNET_ROOT", "DOTNET_GCHeapHardLimit", "DOTNET_EnableDiagnostics", "LD_LIBRARY_PATH"]), new HashSet<string>(names));
        string[] limits = File.ReadAllLines(Path.Combine(folder, "limits"));
        Assert.Contains(limits, line => line.StartsWith("Max data size ", StringComparison.Ordinal) && line.Contains(" 314572800 ", StringComparison.Ordinal));
        Assert.Contains(limits, line => line.StartsWith("Max core file size        0 ", StringComparison.Ordinal));
    }

    [Fact]
    public void Decode_WithoutTheProgram_SaysThatItIsNotInstalled()
    {
        using DecoderPool pool = new(One, () => new ProcessStartInfo("/nowhere/MedISeg.Decoder"));
        using FrameDecoder decoder = new(pool);
        Assert.False(decoder.CanDecode(Jpeg2000));
        Assert.True(decoder.CanDecode(DicomTransferSyntax.RLELossless));
        SegmentationException exception = Assert.Throws<SegmentationException>(() => Decode(decoder));
        Assert.Equal(ErrorCode.Internal, exception.Code);
    }

    [Theory]
    [InlineData("1.2.840.10008.1.2.4.90", "j2k u12", "JPEG 2000 Lossless (1.2.840.10008.1.2.4.90)", "libopenjp2-7")]
    [InlineData("1.2.840.10008.1.2.4.80", "jls u12", "JPEG-LS Lossless (1.2.840.10008.1.2.4.80)", "libcharls2")]
    public void Decode_WithoutTheLibrary_NamesSyntaxAndPackage(string uid, string name, string syntax, string package)
    {
        // A child that answers every request as one without the library does: status 3.
        const string NoLibrary = "head -c 28 > /dev/null; printf 'MSD1\\003\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000'; cat > /dev/null";
        static DecoderPool Pool() => new(One, () => new ProcessStartInfo("/bin/sh", ["-c", NoLibrary]));
        using FrameDecoder decoder = new(Pool()), another = new(Pool());
        SegmentationException exception = Assert.Throws<SegmentationException>(
            () => PixelSamples.Decode(decoder, PixelSamples.Attributes(DicomTransferSyntax.Parse(uid)), PixelSamples.Golden(name)));
        Assert.Equal(ErrorCode.UnsupportedTransferSyntax, exception.Code);
        Assert.Contains(syntax, exception.Message, StringComparison.Ordinal);
        Assert.Contains(package, exception.Message, StringComparison.Ordinal);
        Assert.False(another.CanDecode(DicomTransferSyntax.Parse(uid)));
    }

    [Fact]
    public void Options_OutsideTheirRanges_Throw()
    {
        foreach (DecoderOptions options in (DecoderOptions[])[One with { MaxProcesses = 0 }, One with { Timeout = TimeSpan.Zero },
            One with { MaxMemoryBytes = 1 << 20 }, One with { MaxProcesses = 257 }, One with { Timeout = TimeSpan.FromDays(1) }])
            Assert.Throws<ArgumentOutOfRangeException>(() => new FrameDecoder(options));
    }

    [Fact]
    public void Dispose_AChild_ClosesOurEndsOfItsPipes()
    {
        DecoderProcess child = new(new ProcessStartInfo("/bin/sh", ["-c", "exec sleep 3600"]));
        HashSet<string> pipes = [.. Enumerable.Range(0, 3).Select(n => new FileInfo($"/proc/{child.Id}/fd/{n}").LinkTarget!)];
        Assert.Equal(3, pipes.Count);
        Assert.Equal(3, Open(pipes));

        child.Dispose();

        Assert.Equal(0, Open(pipes));
    }

    /// <summary>How many of our files are among these.</summary>
    private static int Open(HashSet<string> targets) =>
        new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos().Count(file =>
        {
            try
            {
                return file.LinkTarget is { } target && targets.Contains(target);
            }
            catch (IOException)
            {
                return false; // closed meanwhile by somebody else
            }
        });
}
