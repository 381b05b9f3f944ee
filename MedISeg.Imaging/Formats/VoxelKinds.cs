namespace MedISeg.Imaging.Formats;

/// <summary>What follows from a type of numbers.</summary>
internal static class VoxelKinds
{
    /// <summary>Bytes of one number in a file.</summary>
    public static int FileBytes(this VoxelKind kind) => kind switch
    {
        VoxelKind.UInt8 or VoxelKind.Int8 => 1,
        VoxelKind.Int16 or VoxelKind.UInt16 => 2,
        VoxelKind.Int32 or VoxelKind.UInt32 or VoxelKind.Float32 => 4,
        _ => 8,
    };

    /// <summary>Bytes of one number as we keep it.</summary>
    public static int StoredBytes(this VoxelKind kind) => kind switch
    {
        VoxelKind.Int8 => 2,
        VoxelKind.UInt32 => 8,
        _ => kind.FileBytes(),
    };
}
