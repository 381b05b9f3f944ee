using System.Buffers.Binary;

namespace MedISeg.Dicom.Pixels;

/// <summary>Which fragments make up which frame. Source: PS3.5 A.4, PS3.3 C.7.6.3.1.8 (extended offset table).</summary>
internal sealed class FrameIndex
{
    private const int ItemHeaderBytes = 8;

    private readonly IReadOnlyList<ReadOnlyMemory<byte>> _fragments;
    private readonly int[] _first;
    private readonly long[]? _lengths;

    private FrameIndex(IReadOnlyList<ReadOnlyMemory<byte>> fragments, int[] first, long[]? lengths)
    {
        _fragments = fragments;
        _first = first;
        _lengths = lengths;
    }

    /// <summary>Finds the frames: by the extended or the basic offset table where one fits the fragments, else a fragment a frame, else by the
    /// starts of code streams.</summary>
    internal static FrameIndex Create(DicomFragmentSequence pixels, int frames, DicomDataset dataset)
    {
        IReadOnlyList<ReadOnlyMemory<byte>> fragments = pixels.Fragments;
        if (fragments.Count < frames)
        {
            throw PixelFault.Truncated(
                $"There are {fragments.Count} fragments of compressed pixels for {frames} frames; a frame takes at least one.");
        }
        if (frames == 1) return new FrameIndex(fragments, [0, fragments.Count], null);

        long[] extended = Table(dataset, DicomTag.ExtendedOffsetTable), lengths = Table(dataset, DicomTag.ExtendedOffsetTableLengths);
        if (extended.Length == frames && ByOffsets(fragments, extended) is { } byExtended)
            return new FrameIndex(fragments, byExtended, lengths.Length == frames ? lengths : null);
        long[] basic = Table(pixels.OffsetTable.Span);
        if (basic.Length == frames && ByOffsets(fragments, basic) is { } byBasic) return new FrameIndex(fragments, byBasic, null);
        if (fragments.Count == frames) return new FrameIndex(fragments, [.. Enumerable.Range(0, frames + 1)], null);
        if (ByStarts(fragments, frames) is { } byStarts) return new FrameIndex(fragments, byStarts, null);
        throw PixelFault.Unreadable($"{fragments.Count} fragments of compressed pixels cannot be told apart into {frames} frames.");
    }

    /// <summary>The joined fragments of a frame.</summary>
    internal ReadOnlyMemory<byte> GetFrame(int frame)
    {
        int first = _first[frame], end = _first[frame + 1];
        ReadOnlyMemory<byte> joined = end - first == 1 ? _fragments[first] : Join(first, end);
        return _lengths is not null && _lengths[frame] > 0 && _lengths[frame] < joined.Length ? joined[..(int)_lengths[frame]] : joined;
    }

    private byte[] Join(int first, int end)
    {
        long length = 0;
        for (int i = first; i < end; i++) length += _fragments[i].Length;
        if (length > Array.MaxLength) throw PixelFault.Unreadable($"A compressed frame takes {length} bytes.");
        byte[] joined = new byte[length];
        int at = 0;
        for (int i = first; i < end; at += _fragments[i++].Length) _fragments[i].Span.CopyTo(joined.AsSpan(at));
        return joined;
    }

    /// <summary>First fragment of each frame and the end; null where an offset is not the start of a fragment, or they do not ascend.</summary>
    private static int[]? ByOffsets(IReadOnlyList<ReadOnlyMemory<byte>> fragments, long[] offsets) =>
        ByOffsets(fragments, offsets, padding: 0) ?? ByOffsets(fragments, offsets, padding: 1);

    /// <param name="fragments">The fragments.</param>
    /// <param name="offsets">Offset of each frame's first item.</param>
    /// <param name="padding">Bytes after a fragment of odd length: 1 where it was padded when the table was made.</param>
    private static int[]? ByOffsets(IReadOnlyList<ReadOnlyMemory<byte>> fragments, long[] offsets, int padding)
    {
        int[] first = new int[offsets.Length + 1];
        long at = 0;
        int frame = 0;
        for (int i = 0; i < fragments.Count; i++)
        {
            if (frame < offsets.Length && offsets[frame] == at) first[frame++] = i;
            at += ItemHeaderBytes + fragments[i].Length + (fragments[i].Length & padding);
        }
        first[^1] = fragments.Count;
        return frame == offsets.Length && first[0] == 0 ? first : null;
    }

    private static int[]? ByStarts(IReadOnlyList<ReadOnlyMemory<byte>> fragments, int frames)
    {
        List<int> first = [];
        for (int i = 0; i < fragments.Count; i++)
            if (IsStart(fragments[i].Span)) first.Add(i);
        if (first.Count != frames || first[0] != 0) return null;
        return [.. first, fragments.Count];
    }

    /// <summary>Whether a JPEG, JPEG-LS or JPEG 2000 code stream, or a JP2 file, begins here.</summary>
    private static bool IsStart(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith<byte>([0xff, 0xd8, 0xff]) || bytes.StartsWith<byte>([0xff, 0x4f, 0xff, 0x51])
        || (bytes.Length > 8 && bytes[4..].StartsWith("jP  "u8));

    private static long[] Table(ReadOnlySpan<byte> bytes)
    {
        long[] offsets = new long[bytes.Length / 4];
        for (int i = 0; i < offsets.Length; i++) offsets[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 * i)..]);
        return offsets;
    }

    private static long[] Table(DicomDataset dataset, DicomTag tag)
    {
        ReadOnlySpan<byte> bytes = dataset.GetDicomItem<DicomElement>(tag) is { } element ? element.Buffer.Span : default;
        long[] offsets = new long[bytes.Length / 8];
        for (int i = 0; i < offsets.Length; i++) offsets[i] = BinaryPrimitives.ReadInt64LittleEndian(bytes[(8 * i)..]);
        return offsets;
    }
}
