namespace MedISeg.Api.Uploads.Archives;

/// <summary>The checksum of zip: CRC-32 with the reflected polynomial edb88320. Source: ISO 3309, checked against its test value.</summary>
internal struct Crc32()
{
    private static readonly uint[] Table = CreateTable();

    private uint _state = uint.MaxValue;

    /// <summary>Checksum of all bytes so far.</summary>
    public readonly uint Value => ~_state;

    /// <summary>Takes bytes in.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        uint state = _state;
        foreach (byte value in bytes) state = Table[(byte)(state ^ value)] ^ state >> 8;
        _state = state;
    }

    private static uint[] CreateTable()
    {
        uint[] table = new uint[256];
        for (uint n = 0; n < table.Length; n++)
        {
            uint value = n;
            for (int bit = 0; bit < 8; bit++) value = (value & 1) == 0 ? value >> 1 : value >> 1 ^ 0xedb88320;
            table[n] = value;
        }
        return table;
    }
}
