using System.Runtime.CompilerServices;

namespace MedISeg.Dicom.Pixels.Codecs;

/// <summary>One scan of a sequential JPEG stream: its components, and what decodes them.</summary>
internal sealed class SequentialJpegScan
{
    /// <summary>Most bits of a coefficient.</summary>
    private const int MostBits = 15;

    /// <summary>Coefficients of an interleaved unit's blocks are at most so many: T.81 B.2.3.</summary>
    private const int MostBlocks = 10;

    private readonly Component[] _components;
    private readonly int _precision, _restart, _unitsAcross, _unitsDown;

    private SequentialJpegScan(Component[] components, JpegHeader header, int restart)
    {
        (_components, _precision, _restart) = (components, header.Precision, restart);
        int across = 8 * header.Sampling.Max(factors => factors >> 4), down = 8 * header.Sampling.Max(factors => factors & 15);
        // One component alone is not interleaved: block by block, without those that pad the units.
        (_unitsAcross, _unitsDown) = components.Length == 1
            ? (components[0].Plane.BlocksAcross, components[0].Plane.BlocksDown)
            : ((header.Width + across - 1) / across, (header.Height + down - 1) / down);
    }

    /// <summary>Natural place, v x 8 + u, of each coefficient in the order of the stream. Source: T.81 figure A.6.</summary>
    private static ReadOnlySpan<byte> Natural =>
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ];

    /// <summary>One bit a component that the scan holds.</summary>
    internal int ComponentMask => _components.Sum(component => 1 << component.Index);

    /// <summary>Reads a scan header.</summary>
    internal static SequentialJpegScan Read(
        ReadOnlySpan<byte> body, ReadOnlySpan<byte> identifiers, ReadOnlySpan<byte> quantumOf, JpegHuffmanTable?[] huffman, ushort[]?[] quanta,
        IReadOnlyList<JpegPlane> planes, JpegHeader header, int restart)
    {
        if (body.Length < 1 || body.Length < 4 + 2 * body[0]) throw PixelFault.Truncated("A JPEG scan header ends early.");
        int count = body[0], blocks = 0;
        if (count < 1 || count > identifiers.Length) throw PixelFault.Unreadable($"A JPEG scan has {count} components.");
        // What follows the components must be 0, 63, 0 in sequential streams, says nothing, and is otherwise in some.
        Component[] components = new Component[count];
        for (int i = 0; i < count; i++)
        {
            int index = identifiers.IndexOf(body[1 + 2 * i]), codes = body[2 + 2 * i];
            if (index < 0 || components.AsSpan(0, i).ToArray().Any(other => other.Index == index))
                throw PixelFault.Unreadable("A JPEG scan names a component that there is not, or one twice.");
            JpegHuffmanTable? first = (codes >> 4) < 4 ? huffman[codes >> 4] : null, rest = (codes & 15) < 4 ? huffman[4 + (codes & 15)] : null;
            ushort[]? quantum = quantumOf[index] < quanta.Length ? quanta[quantumOf[index]] : null;
            if (first is null || rest is null || quantum is null) throw PixelFault.Unreadable("A JPEG scan names a table that there is not.");
            components[i] = new Component(index, planes[index], first, rest, quantum);
            blocks += planes[index].Across * planes[index].Down;
        }
        if (count > 1 && blocks > MostBlocks) throw PixelFault.Unreadable($"A JPEG scan interleaves more than {MostBlocks} blocks.");
        return new SequentialJpegScan(components, header, restart);
    }

    /// <summary>Decodes the scan into its components' planes.</summary>
    /// <param name="data">Entropy coded data and what follows it.</param>
    /// <param name="cancellationToken">Looked at once a row of units.</param>
    /// <returns>Where the data ends.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal int Decode(ReadOnlySpan<byte> data, CancellationToken cancellationToken)
    {
        JpegBitReader reader = new(data);
        Span<int> block = stackalloc int[InverseCosine.Size], before = stackalloc int[_components.Length];
        before.Clear();
        for (int row = 0, unit = 0; row < _unitsDown; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int column = 0; column < _unitsAcross; column++, unit++)
            {
                if (_restart > 0 && unit > 0 && unit % _restart == 0)
                {
                    if (reader.IsPastEnd || !reader.Restart()) throw EndsEarly();
                    before.Clear();
                }
                for (int i = 0; i < _components.Length; i++)
                {
                    JpegPlane plane = _components[i].Plane;
                    (int across, int down) = _components.Length == 1 ? (1, 1) : (plane.Across, plane.Down);
                    for (int y = 0; y < down; y++)
                        for (int x = 0; x < across; x++)
                        {
                            bool isEven = ReadBlock(ref reader, _components[i], block, ref before[i]);
                            Span<ushort> samples = plane.Block(row * down + y, column * across + x);
                            if (isEven) InverseCosine.Even(block[0], _precision, samples, plane.Stride);
                            else InverseCosine.Transform(block, _precision, samples, plane.Stride);
                        }
                }
            }
            if (reader.IsPastEnd) throw EndsEarly();
        }
        return reader.Position;
    }

    /// <summary>Reads a block, multiplied by its quanta.</summary>
    /// <returns>Whether it has no coefficient but the first; the others are not written then.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool ReadBlock(scoped ref JpegBitReader reader, Component component, scoped Span<int> block, ref int before)
    {
        int difference = reader.TakeValue(component.First, out int symbol);
        if ((uint)symbol > MostBits) throw Damaged();
        before += difference;
        ReadOnlySpan<ushort> quantum = component.Quantum;
        ReadOnlySpan<byte> natural = Natural;
        bool isEven = true;
        for (int k = 1; k < InverseCosine.Size; k++)
        {
            int value = reader.TakeValue(component.Rest, out symbol), run = symbol >> 4;
            bool isZero = (symbol & 15) == 0;
            if (isZero && run is >= 0 and < 15) break;
            k += run;
            if (symbol < 0 || k >= InverseCosine.Size) throw Damaged();
            if (isZero) continue;
            if (isEven) block.Clear();
            isEven = false;
            block[natural[k]] = value * quantum[k];
        }
        block[0] = before * quantum[0];
        return isEven;
    }

    private static Imaging.Errors.SegmentationException Damaged() => PixelFault.Unreadable("JPEG data is damaged.");

    private static Imaging.Errors.SegmentationException EndsEarly() => PixelFault.Truncated("A JPEG frame is damaged or ends early.");

    /// <summary>A component of the scan.</summary>
    /// <param name="Index">Its place in the frame.</param>
    /// <param name="Plane">Takes its samples.</param>
    /// <param name="First">Codes of first coefficients.</param>
    /// <param name="Rest">Codes of all others.</param>
    /// <param name="Quantum">What coefficients are multiplied by, in the order of the stream.</param>
    private sealed record Component(int Index, JpegPlane Plane, JpegHuffmanTable First, JpegHuffmanTable Rest, ushort[] Quantum);
}
