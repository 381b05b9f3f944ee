using System.Buffers.Binary;
using MedISeg.Dicom.Pixels.Codecs;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Dicom.Segmentations;

/// <summary>The frames of a LABELMAP object, one a plane: pixels are segment numbers. At no time is more than one frame in memory.</summary>
internal sealed class LabelMapPixels
{
    private readonly LabelMap _labels;
    private readonly int[] _segmentOf;
    private readonly int _bytes;

    /// <summary>Takes a label map whose planes are the frames.</summary>
    /// <param name="labels">The label map; borrowed.</param>
    /// <param name="segments">Their labels are all different and 1 to 65535.</param>
    /// <exception cref="ArgumentException">Two segments have one label.</exception>
    public LabelMapPixels(LabelMap labels, IReadOnlyList<SegmentDescription> segments)
    {
        _labels = labels;
        _segmentOf = SegmentLabels.SegmentOf(segments);
        // Background is what no segment is, and segment n is number n + 1.
        _segmentOf[0] = -1;
        _bytes = segments.Count > byte.MaxValue ? sizeof(ushort) : sizeof(byte);
    }

    /// <summary>Bytes of all frames.</summary>
    public long Length => _labels.Geometry.Grid.VoxelCount * _bytes;

    /// <summary>Representation of native pixel data.</summary>
    public DicomVR Representation => DicomVR.Parse(_bytes == 1 ? "OB" : "OW");

    /// <summary>Frames as little endian samples; each in the same array.</summary>
    /// <exception cref="ArgumentException">A label that no segment describes.</exception>
    public IEnumerable<byte[]> Frames(CancellationToken cancellationToken)
    {
        int plane = _labels.Geometry.Grid.Height * _labels.Geometry.Grid.Width;
        byte[] frame = new byte[plane * _bytes];
        for (int k = 0; k < _labels.Geometry.Grid.Depth; k++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Fill(frame, k * plane);
            yield return frame;
        }
    }

    /// <summary>Frames as an encapsulated syntax holds them.</summary>
    /// <param name="syntax">RLE Lossless or Deflated Image Frame.</param>
    /// <param name="cancellationToken">Checked once a frame.</param>
    /// <exception cref="ArgumentException">Another syntax, or a label that no segment describes.</exception>
    public IEnumerable<ReadOnlyMemory<byte>> Encoded(DicomTransferSyntax syntax, CancellationToken cancellationToken)
    {
        int columns = _labels.Geometry.Grid.Width;
        Func<byte[], byte[]> encode =
            syntax == DicomTransferSyntax.RLELossless ? frame => RleEncoder.Encode(frame, columns, _bytes)
            : syntax == DicomTransferSyntax.DeflatedImageFrame ? frame => DeflatedFrame.Encode(frame)
            : throw new ArgumentException("Label maps are written native, run length encoded or deflated.", nameof(syntax));
        return Frames(cancellationToken).Select(frame => (ReadOnlyMemory<byte>)encode(frame));
    }

    private void Fill(byte[] frame, int start)
    {
        if (_bytes == 1)
        {
            for (int n = 0; n < frame.Length; n++) frame[n] = (byte)Number(start + n);
            return;
        }
        for (int n = 0; n < frame.Length; n += 2) BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(n), (ushort)Number(start + n / 2));
    }

    private int Number(int voxel)
    {
        int label = _labels.IsWide ? _labels.Words[voxel] : _labels.Bytes[voxel];
        int segment = _segmentOf[label];
        return segment >= 0 || label == 0 ? segment + 1 : throw SegmentLabels.Undescribed(label);
    }
}
