using System.Buffers.Binary;

namespace MedISeg.Dicom.Pixels.Codecs;

/// <summary>Goes through the segments of a JPEG stream that <see cref="JpegHeader.Read"/> walked.</summary>
internal ref struct JpegSegments
{
    internal const int HuffmanTables = 0xc4, QuantumTables = 0xdb, RestartInterval = 0xdd, Scan = 0xda;

    private const int StartOfImage = 0xd8, EndOfImage = 0xd9, Temporary = 0x01;

    private readonly ReadOnlySpan<byte> _stream;
    private int _at = 2;

    /// <summary>Stands before the first segment.</summary>
    internal JpegSegments(ReadOnlySpan<byte> stream) => _stream = stream;

    /// <summary>Marker of the segment.</summary>
    internal int Marker { get; private set; }

    /// <summary>The segment without marker and length.</summary>
    internal ReadOnlySpan<byte> Body { get; private set; }

    /// <summary>What follows the segment: behind a scan's header its entropy coded data.</summary>
    internal readonly ReadOnlySpan<byte> Rest => _stream[_at..];

    /// <summary>Goes to the next segment.</summary>
    /// <returns>false: there is none.</returns>
    internal bool MoveNext()
    {
        do
        {
            Marker = JpegHeader.NextMarker(_stream, ref _at);
            if (Marker is EndOfImage or < 0) return false;
        }
        while (Marker is StartOfImage or Temporary);
        int length = BinaryPrimitives.ReadUInt16BigEndian(Rest);
        Body = Rest[sizeof(ushort)..length];
        _at += length;
        return true;
    }

    /// <summary>Passes over entropy coded data.</summary>
    internal void Skip(int bytes) => _at += bytes;

    /// <summary>The restart interval that the segment sets.</summary>
    internal readonly int ReadRestart() => Body.Length >= sizeof(ushort)
        ? BinaryPrimitives.ReadUInt16BigEndian(Body)
        : throw PixelFault.Truncated("A JPEG restart interval ends early.");
}
