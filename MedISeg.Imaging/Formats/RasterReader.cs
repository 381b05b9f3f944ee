using System.Numerics;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using NetVips;

namespace MedISeg.Imaging.Formats;

/// <summary>Reads PNG, JPEG and TIFF: grey or colours, 8 or 16 bit, TIFF also wider integers and floats.</summary>
/// <remarks>
/// Colour profiles, gamma and the camera's orientation tag are not applied: pixels come as stored. Alpha is dropped, a palette becomes
/// colours, fewer than 8 bits are stretched to 0..255. Dots per inch are a wish of a printer, not a size in the patient: the spacing is
/// 1 mm and the affine the identity. The pages of a TIFF, which must all be alike, become planes.
/// </remarks>
public static class RasterReader
{
    /// <summary>Reads an image.</summary>
    /// <param name="seekable">Seekable, read from its position to its end; borrowed.</param>
    /// <param name="format">PNG, JPEG or TIFF; no other decoder is tried.</param>
    /// <param name="limits">Checked against the header before pixels are decoded.</param>
    /// <returns>Channels in the file's type (int8 as short, uint32 as double), slope 1, spacing 1 mm.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>, <see cref="ErrorCode.TruncatedImage"/>,
    /// <see cref="ErrorCode.TooLarge"/>, or <see cref="ErrorCode.InvalidVoxels"/> (NaN, infinite).</exception>
    /// <exception cref="ArgumentOutOfRangeException">The format is none of the three.</exception>
    public static Volume Read(Stream seekable, ImageFormat format, ImageLimits limits)
    {
        Vips.EnsurePrepared();
        byte[] bytes = ReadAll(seekable, limits);
        try
        {
            using Image first = Open(bytes, format, allPages: false);
            int pages = format == ImageFormat.Tiff && first.Contains("n-pages") ? (int)first.Get("n-pages") : 1;
            Check(first, format);
            int channels = first.Bands - (first.HasAlpha() ? 1 : 0);
            GridSize grid = limits.Check([first.Width, first.Height, pages, first.Bands], StoredBytes(first.Format));
            if (pages == 1) return Decode(first, grid, channels);
            using Image all = OpenPages(bytes, grid);
            return Decode(all, grid, channels);
        }
        catch (VipsException e)
        {
            throw IsCut(bytes, format)
                ? new SegmentationException(ErrorCode.TruncatedImage, $"The {Name(format)} file ends early; send the whole file.", e)
                : new SegmentationException(ErrorCode.UnreadableImage,
                    $"The {Name(format)} file is damaged or of a kind that is not read; write it again, or send PNG.", e);
        }
    }

    private static byte[] ReadAll(Stream stream, ImageLimits limits)
    {
        long length = stream.Length - stream.Position;
        if (length > Math.Min(limits.MaxDecodedBytes, Array.MaxLength))
            throw new SegmentationException(ErrorCode.TooLarge,
                $"The file has {length} bytes; at most {Math.Min(limits.MaxDecodedBytes, Array.MaxLength)} are read.");
        byte[] bytes = ImageLimits.Allocate<byte>((int)length);
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    private static Image Open(byte[] bytes, ImageFormat format, bool allPages) => format switch
    {
        ImageFormat.Png => Image.PngloadBuffer(bytes, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error),
        ImageFormat.Jpeg => Image.JpegloadBuffer(bytes, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error),
        ImageFormat.Tiff => Image.TiffloadBuffer(bytes, n: allPages ? -1 : 1, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error),
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    private static Image OpenPages(byte[] bytes, GridSize grid)
    {
        try
        {
            // libvips stacks the pages below one another: the order of our planes.
            Image all = Open(bytes, ImageFormat.Tiff, allPages: true);
            if (all.Width == grid.Width && all.Height == (long)grid.Height * grid.Depth) return all;
            all.Dispose();
        }
        catch (VipsException e)
        {
            throw Unlike(e);
        }
        throw Unlike(null);

        static SegmentationException Unlike(VipsException? inner) => new(ErrorCode.UnreadableImage,
            "The pages of the TIFF cannot be read as planes: all must have one size and pixel type. Send one page, or a NIfTI.", inner);
    }

    private static void Check(Image image, ImageFormat format)
    {
        if (image.Interpretation is not (Enums.Interpretation.Bw or Enums.Interpretation.Grey16 or Enums.Interpretation.Srgb
            or Enums.Interpretation.Rgb or Enums.Interpretation.Rgb16 or Enums.Interpretation.Scrgb or Enums.Interpretation.Multiband))
            throw new SegmentationException(ErrorCode.UnreadableImage,
                $"The colours of the {Name(format)} file are neither grey nor RGB (CMYK and CIELAB are not read); convert it to RGB.");
        if (StoredBytes(image.Format) == 0)
            throw new SegmentationException(ErrorCode.UnreadableImage,
                "The pixels are complex numbers, which no model here takes; send the magnitude.");
    }

    private static int StoredBytes(Enums.BandFormat format) => format switch
    {
        Enums.BandFormat.Uchar => 1,
        Enums.BandFormat.Char or Enums.BandFormat.Short or Enums.BandFormat.Ushort => 2,
        Enums.BandFormat.Int or Enums.BandFormat.Float => 4,
        Enums.BandFormat.Uint or Enums.BandFormat.Double => 8,
        _ => 0,
    };

    private static Volume Decode(Image image, GridSize grid, int channels)
    {
        nint pixels = image.WriteToMemory(out ulong size);
        try
        {
            if (size != (ulong)grid.VoxelCount * (ulong)image.Bands * (ulong)FileBytes(image.Format))
                throw new VipsException("Unexpected size.");
            int count = checked((int)grid.VoxelCount), bands = image.Bands;
            Array[] arrays = image.Format switch
            {
                Enums.BandFormat.Uchar => Split<byte, byte>(pixels, count, bands, channels),
                Enums.BandFormat.Char => Split<sbyte, short>(pixels, count, bands, channels),
                Enums.BandFormat.Short => Split<short, short>(pixels, count, bands, channels),
                Enums.BandFormat.Ushort => Split<ushort, ushort>(pixels, count, bands, channels),
                Enums.BandFormat.Int => Split<int, int>(pixels, count, bands, channels),
                Enums.BandFormat.Uint => Split<uint, double>(pixels, count, bands, channels),
                Enums.BandFormat.Float => Split<float, float>(pixels, count, bands, channels),
                Enums.BandFormat.Double => Split<double, double>(pixels, count, bands, channels),
                _ => throw new VipsException("Unexpected format."),
            };
            return new Volume(VolumeGeometry.AxisAligned(grid, new SpacingMm(1, 1, 1)), arrays);
        }
        finally
        {
            NetVips.NetVips.Free(pixels);
        }
    }

    private static int FileBytes(Enums.BandFormat format) => format switch
    {
        Enums.BandFormat.Char => 1,
        Enums.BandFormat.Uint => 4,
        _ => StoredBytes(format),
    };

    private static unsafe Array[] Split<TFrom, TTo>(nint pixels, int count, int bands, int channels)
        where TFrom : unmanaged, INumber<TFrom> where TTo : unmanaged, INumber<TTo>
    {
        Array[] arrays = new Array[channels];
        long unfit = 0;
        for (int c = 0; c < channels; c++)
        {
            TTo[] values = ImageLimits.Allocate<TTo>(count);
            TFrom* from = (TFrom*)pixels + c;
            for (int n = 0; n < count; n++, from += bands) values[n] = TTo.CreateTruncating(*from);
            unfit += VoxelCheck.CountUnfit<TTo>(values, 1, 0);
            arrays[c] = values;
        }
        VoxelCheck.Throw(unfit, (long)count * channels);
        return arrays;
    }

    /// <summary>Whether the mark that ends a whole file is missing; a TIFF has none.</summary>
    private static bool IsCut(ReadOnlySpan<byte> bytes, ImageFormat format) => format switch
    {
        ImageFormat.Png => bytes.LastIndexOf("IEND"u8) < 0,
        ImageFormat.Jpeg => bytes.LastIndexOf((ReadOnlySpan<byte>)[0xff, 0xd9]) < 0,
        _ => false,
    };

    private static string Name(ImageFormat format) => format.ToString().ToUpperInvariant();
}
