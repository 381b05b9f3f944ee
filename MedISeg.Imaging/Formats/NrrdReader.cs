using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Formats;

/// <summary>Reads NRRD in one file: raw and gzip, all types of numbers, both byte orders.</summary>
/// <remarks>Source: teem.sourceforge.net/nrrd/format.html. The rules chosen where the format leaves a choice are in
/// <c>docs/formats.md</c>.</remarks>
public static class NrrdReader
{
    /// <summary>Reads an image.</summary>
    /// <param name="stream">Seekable, read from its position on; borrowed.</param>
    /// <param name="limits">Checked against the header before memory is taken.</param>
    /// <returns>Voxels in the file's type (int8 as short; uint32, int64 and uint64 as double), axes that are not space as channels, geometry
    /// in LPS mm.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>, <see cref="ErrorCode.TruncatedImage"/>,
    /// <see cref="ErrorCode.TooLarge"/>, <see cref="ErrorCode.InvalidGeometry"/>, or <see cref="ErrorCode.InvalidVoxels"/> (NaN,
    /// infinite).</exception>
    public static Volume Read(Stream stream, ImageLimits limits)
    {
        HeaderText text = HeaderText.Read(stream);
        NrrdHeader header = NrrdHeader.Parse(text);
        NrrdLayout layout = NrrdLayout.Of(header);
        long skip = Skip(header);
        stream.Position += text.Position;
        return VoxelFile.Read(stream, header.Packing, skip, header.Kind, header.BigEndian, layout.Sides, layout.IndexToPatient, limits);
    }

    private static long Skip(NrrdHeader header)
    {
        long skip = header["byteskip"] is { } text ? HeaderText.Whole(text, "byte skip") : 0;
        long lines = header["lineskip"] is { } line ? HeaderText.Whole(line, "line skip") : 0;
        if (lines != 0 || skip < VoxelFile.AtTheEnd || skip == VoxelFile.AtTheEnd && header.Packing != Packing.None)
            throw new SegmentationException(ErrorCode.UnreadableImage,
                "Of the ways to skip to the voxels of a NRRD file only 'byte skip' is read (-1 with raw voxels); write the file again.");
        return skip;
    }
}
