namespace MedISeg.Imaging.Formats;

/// <summary>Joins CRC-32 checksums of neighbouring blocks. Source: M. Adler's way in zlib, products of polynomials modulo edb88320.</summary>
internal static class GzipChecksum
{
    private const uint Polynomial = 0xedb88320, One = 1u << 31, Byte = 1u << 23;

    /// <summary>Checksum of two blocks behind each other.</summary>
    /// <param name="first">Of the first block.</param>
    /// <param name="second">Of the second block.</param>
    /// <param name="secondLength">Bytes of the second block, not negative.</param>
    public static uint Join(uint first, uint second, long secondLength)
    {
        uint shift = One;
        for (uint power = Byte; secondLength > 0; secondLength >>= 1, power = Multiply(power, power))
            if ((secondLength & 1) != 0)
                shift = Multiply(power, shift);
        return Multiply(shift, first) ^ second;
    }

    /// <summary>Product of two polynomials whose highest power is the lowest bit.</summary>
    private static uint Multiply(uint a, uint b)
    {
        uint product = 0;
        for (; a != 0; a <<= 1, b = (b & 1) != 0 ? b >> 1 ^ Polynomial : b >> 1)
            if ((a & One) != 0)
                product ^= b;
        return product;
    }
}
