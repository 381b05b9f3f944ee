using System.Buffers;
using System.Numerics;

namespace MedISeg.Dicom.Pixels.Codecs;

/// <summary>A component of a sequential JPEG frame as it is stored: blocks, with the padding of the last ones.</summary>
internal sealed class JpegPlane : IDisposable
{
    /// <summary>Larger planes are not kept for the next frame.</summary>
    private const int MostRented = 8 << 20;

    private readonly int _width, _height, _across, _down;
    private readonly bool _isRented;

    /// <summary>Dirty where no block was decoded yet, if it is rented.</summary>
    private ushort[] _samples;

    /// <summary>Makes room for a component.</summary>
    /// <param name="header">Header of the frame.</param>
    /// <param name="component">Which one, from 0.</param>
    internal JpegPlane(JpegHeader header, int component)
    {
        (Across, Down) = (header.Sampling[component] >> 4, header.Sampling[component] & 15);
        int most = header.Sampling.Max(factors => factors >> 4), mostDown = header.Sampling.Max(factors => factors & 15);
        // A component of factor 3 beside one of 4 has no whole ratio.
        if (most % Across != 0 || mostDown % Down != 0) throw PixelFault.Unreadable("A JPEG frame has components of uneven sampling.");
        (_across, _down) = (most / Across, mostDown / Down);
        (_width, _height) = ((header.Width + _across - 1) / _across, (header.Height + _down - 1) / _down);
        Stride = Blocks(header.Width, most) * Across * InverseCosine.Side;
        int count = checked(Stride * Blocks(header.Height, mostDown) * Down * InverseCosine.Side);
        _isRented = count <= MostRented;
        _samples = _isRented ? ArrayPool<ushort>.Shared.Rent(count) : new ushort[count];
    }

    /// <summary>Its blocks in a unit of interleaved components, along rows and columns.</summary>
    internal int Across { get; }

    /// <inheritdoc cref="Across"/>
    internal int Down { get; }

    /// <summary>Samples from row to row.</summary>
    internal int Stride { get; }

    /// <summary>Blocks that hold its samples, along rows and columns.</summary>
    internal int BlocksAcross => Blocks(_width, 1);

    /// <inheritdoc cref="BlocksAcross"/>
    internal int BlocksDown => Blocks(_height, 1);

    /// <summary>Samples from the first one of a block on.</summary>
    internal Span<ushort> Block(int row, int column) => _samples.AsSpan((row * Stride + column) * InverseCosine.Side);

    /// <summary>Reads a row of the frame.</summary>
    internal void Read(int y, Span<ushort> row) => JpegUpsampling.Row(_samples, Stride, _width, _height, _across, _down, y, row);

    /// <inheritdoc />
    public void Dispose()
    {
        if (_isRented && _samples.Length > 0) ArrayPool<ushort>.Shared.Return(_samples);
        _samples = [];
    }

    /// <summary>Brings components together.</summary>
    /// <param name="planes">All components.</param>
    /// <param name="header">Header of the frame.</param>
    /// <param name="bytes">Bytes of a sample of the result.</param>
    /// <returns>Little endian samples, those of a pixel side by side.</returns>
    internal static byte[] Join(List<JpegPlane> planes, JpegHeader header, int bytes)
    {
        int length = checked(header.Width * header.Height * planes.Count * bytes);
        // Of samples of four bytes only two are written.
        byte[] frame = bytes <= 2 ? GC.AllocateUninitializedArray<byte>(length) : new byte[length];
        ushort[] row = new ushort[header.Width];
        for (int y = 0, first = 0; y < header.Height; y++, first += header.Width * planes.Count * bytes)
        {
            for (int component = 0; component < planes.Count; component++)
            {
                planes[component].Read(y, row);
                if (planes.Count * bytes == 1)
                {
                    Narrow(row, frame.AsSpan(first, row.Length));
                    continue;
                }
                for (int x = 0, to = first + component * bytes; x < row.Length; x++, to += planes.Count * bytes)
                {
                    frame[to] = (byte)row[x];
                    if (bytes > 1) frame[to + 1] = (byte)(row[x] >> 8);
                }
            }
        }
        return frame;
    }

    private static void Narrow(ReadOnlySpan<ushort> from, Span<byte> to)
    {
        int x = 0, step = Vector<byte>.Count, half = Vector<ushort>.Count;
        for (; x <= to.Length - step; x += step) Vector.Narrow(new Vector<ushort>(from[x..]), new Vector<ushort>(from[(x + half)..])).CopyTo(to[x..]);
        for (; x < to.Length; x++) to[x] = (byte)from[x];
    }

    /// <summary>Blocks, or units of so many blocks, that hold so many samples.</summary>
    private static int Blocks(int samples, int blocks) => (samples + blocks * InverseCosine.Side - 1) / (blocks * InverseCosine.Side);
}
