using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using MedISeg.Dicom;
using MedISeg.Dicom.Pixels;
using MedISeg.Dicom.Pixels.Codecs;

namespace MedISeg.Benchmarks.Dicom;

/// <summary>Brings a slice of 16-bit unsigned pixels into other transfer syntaxes, by our own encoders or those of other programs.</summary>
internal static class PictureEncoder
{
    /// <summary>In a native or deflated syntax.</summary>
    public static DicomDataset Native(string path, DicomTransferSyntax syntax)
    {
        DicomDataset dataset = DicomFile.Open(path).Dataset;
        dataset.InternalTransferSyntax = syntax;
        return dataset;
    }

    /// <summary>By run length, with our own encoder.</summary>
    public static DicomDataset Rle(string path)
    {
        DicomPixelData pixels = DicomPixelData.Create(DicomFile.Open(path).Dataset);
        return WithFrame(path, DicomTransferSyntax.RLELossless, RleEncoder.Encode(pixels.GetFrame(0).Span, pixels.Width, pixels.BytesPerSample));
    }

    /// <summary>By a program of DCMTK that takes an input and an output after its options.</summary>
    /// <param name="path">The slice.</param>
    /// <param name="program">Name of the program.</param>
    /// <param name="options">Before the paths.</param>
    public static DicomDataset Dcmtk(string path, string program, params string[] options) =>
        DicomFile.Open(Converted(path, "dcm", (_, output) => Run(program, [.. options, path, output]))).Dataset;

    /// <summary>By a program that makes a code stream of a picture in PGM.</summary>
    /// <param name="path">The slice.</param>
    /// <param name="syntax">What comes out.</param>
    /// <param name="extension">By which the program knows what is wanted.</param>
    /// <param name="program">Name of the program.</param>
    /// <param name="options">After the paths, which go with -i and -o.</param>
    public static DicomDataset Stream(string path, DicomTransferSyntax syntax, string extension, string program, params string[] options) =>
        WithFrame(path, syntax, Converted(path, extension, (input, output) =>
        {
            DicomPixelData pixels = DicomPixelData.Create(DicomFile.Open(path).Dataset);
            short[] words = new short[pixels.SamplesPerFrame];
            // The other way round in PGM, whichever way we are.
            BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, short>(pixels.GetFrame(0).Span), words);
            File.WriteAllBytes(input,
                [.. Encoding.ASCII.GetBytes($"P5\n{pixels.Width} {pixels.Height}\n65535\n"), .. MemoryMarshal.AsBytes(words.AsSpan())]);
            Run(program, ["-i", input, "-o", output, .. options]);
        }));

    private static DicomDataset WithFrame(string path, DicomTransferSyntax syntax, byte[] frame)
    {
        DicomDataset dataset = DicomFile.Open(path).Dataset;
        dataset.InternalTransferSyntax = syntax;
        if (frame.Length % 2 == 1) frame = [.. frame, 0];
        return dataset.AddOrUpdate(new DicomFragmentSequence(DicomTag.PixelData, new byte[4], [frame]));
    }

    private static byte[] Converted(string path, string extension, Action<string, string> convert)
    {
        string input = Path.ChangeExtension(path, "pgm"), output = $"{path}.{extension}";
        try
        {
            convert(input, output);
            return File.ReadAllBytes(output);
        }
        finally
        {
            File.Delete(input);
            File.Delete(output);
        }
    }

    private static void Run(string program, string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0) throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {errors.Result}");
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException($"{program}, which makes an input, is missing: apt-get install dcmtk libopenjp2-tools openjph-tools", missing);
        }
    }
}
