using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace MedISeg.Dicom.Pixels.Codecs;

/// <summary>Reads the bits of entropy coded JPEG data: stuffed zeros are dropped, and zeros follow where a marker or the end comes.</summary>
internal ref struct JpegBitReader
{
    private const int Capacity = 64, Word = 32, LongestCode = 16;

    private readonly ReadOnlySpan<byte> _data;

    /// <summary>The next bit is the highest.</summary>
    private ulong _bits;
    private int _count;
    private int _invented;

    /// <summary>Starts at the first byte.</summary>
    internal JpegBitReader(ReadOnlySpan<byte> data) => _data = data;

    /// <summary>Where the next byte comes from; behind the data it stays at the marker.</summary>
    internal int Position { get; private set; }

    /// <summary>Whether bits were used that the data does not have.</summary>
    internal readonly bool IsPastEnd => _invented * 8L > _count;

    /// <summary>Takes a symbol and the value behind it, whose highest bit is its sign. Source: T.81 F.2.2.1 (EXTEND).</summary>
    /// <param name="table">Codes of the symbols.</param>
    /// <param name="symbol">Its lower four bits are the bits of the value; -1: there is no such code.</param>
    /// <returns>0 where the value has no bits.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int TakeValue(JpegHuffmanTable table, out int symbol)
    {
        if (_count < Word) Fill();
        int entry = table.Find((uint)(_bits >> (Capacity - LongestCode))), code = entry >> 8, bits = entry & 15;
        symbol = entry == 0 ? -1 : entry & 0xff;
        ulong behind = _bits << code;
        _bits = behind << bits;
        _count -= code + bits;
        if (bits == 0) return 0;
        int value = (int)(behind >> (Capacity - bits));
        return value + (((value >> (bits - 1)) - 1) & (1 - (1 << bits)));
    }

    /// <summary>Drops the rest of the interval and the restart marker behind it.</summary>
    /// <returns>false: there is no restart marker.</returns>
    internal bool Restart()
    {
        (_bits, _count, _invented) = (0, 0, 0);
        while (Position + 1 < _data.Length)
        {
            if (_data[Position] != 0xff || _data[Position + 1] is 0 or 0xff)
            {
                Position++;
                continue;
            }
            if (_data[Position + 1] is not (>= 0xd0 and <= 0xd7)) return false;
            Position += 2;
            return true;
        }
        return false;
    }

    /// <summary>Fills up to at least 32 bits, a code and its value, where fewer are left.</summary>
    private void Fill()
    {
        if (BinaryPrimitives.TryReadUInt32BigEndian(_data[Position..], out uint word) && !HasFF(word))
        {
            _bits |= (ulong)word << (Capacity - Word - _count);
            _count += Word;
            Position += sizeof(uint);
            return;
        }
        for (; _count <= Capacity - 8; _count += 8)
        {
            uint next = 0;
            if (Position >= _data.Length)
                _invented++;
            else if (_data[Position] != 0xff)
                next = _data[Position++];
            else if (Position + 1 < _data.Length && _data[Position + 1] == 0)
                (next, Position) = (0xff, Position + 2);
            else
                _invented++;
            _bits |= (ulong)next << (Capacity - 8 - _count);
        }
    }

    /// <summary>Whether one of the four bytes is 0xff: the lowest such byte of the complement, which is 0, borrows.</summary>
    private static bool HasFF(uint word) => ((~word - 0x01010101) & word & 0x80808080) != 0;
}
