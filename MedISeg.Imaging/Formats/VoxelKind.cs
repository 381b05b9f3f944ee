namespace MedISeg.Imaging.Formats;

/// <summary>Types of numbers that files hold.</summary>
internal enum VoxelKind
{
    /// <summary>Byte.</summary>
    UInt8,
    /// <summary>Signed byte, kept as a 16-bit word.</summary>
    Int8,
    /// <summary>Signed 16-bit word.</summary>
    Int16,
    /// <summary>Unsigned 16-bit word.</summary>
    UInt16,
    /// <summary>Signed 32-bit word.</summary>
    Int32,
    /// <summary>Unsigned 32-bit word, kept in double precision.</summary>
    UInt32,
    /// <summary>Signed 64-bit word, kept in double precision.</summary>
    Int64,
    /// <summary>Unsigned 64-bit word, kept in double precision.</summary>
    UInt64,
    /// <summary>Single precision.</summary>
    Float32,
    /// <summary>Double precision.</summary>
    Float64,
}
