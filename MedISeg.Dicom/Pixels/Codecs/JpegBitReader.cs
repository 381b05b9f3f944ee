namespace MedISeg.Dicom.Pixels.Codecs;

/// <summary>Reads the bits of entropy coded JPEG data: stuffed zeros are dropped, and zeros follow where a marker or the end comes.</summary>
internal ref struct JpegBitReader
{
    private readonly ReadOnlySpan<byte> _data;
    private uint _bits;
    private int _count;
    private int _invented;

    /// <summary>Starts at the first byte.</summary>
    internal JpegBitReader(ReadOnlySpan<byte> data) => _data = data;

    /// <summary>Where the next byte comes from; behind the data it stays at the marker.</summary>
    internal int Position { get; private set; }

    /// <summary>Whether bits were used that the data does not have.</summary>
    internal readonly bool IsPastEnd => _invented * 8 > _count;

    /// <summary>The next 16 bits, not taken.</summary>
    internal uint Peek16()
    {
        if (_count < 16) Fill();
        return _bits >> 16;
    }

    /// <summary>Drops bits.</summary>
    /// <param name="count">1 to 16, not more than were peeked.</param>
    internal void Skip(int count)
    {
        _bits <<= count;
        _count -= count;
    }

    /// <summary>Takes bits.</summary>
    /// <param name="count">1 to 16.</param>
    internal int Take(int count)
    {
        if (_count < count) Fill();
        int value = (int)(_bits >> (32 - count));
        Skip(count);
        return value;
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

    private void Fill()
    {
        for (; _count <= 24; _count += 8)
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
            _bits |= next << (24 - _count);
        }
    }
}
