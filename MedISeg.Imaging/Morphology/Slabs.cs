namespace MedISeg.Imaging.Morphology;

/// <summary>Splits the rows of a grid into contiguous slabs for threads.</summary>
internal static class Slabs
{
    /// <summary>Fewer voxels than this are not worth a thread.</summary>
    private const long VoxelsPerThread = 1 << 20;

    /// <summary>Slabs for a number of voxels on this machine.</summary>
    public static int CountFor(long voxels) => (int)Math.Clamp(voxels / VoxelsPerThread, 1, Environment.ProcessorCount);

    /// <summary>First row of a slab; that of the slab behind the last one is the number of rows.</summary>
    public static int Start(int rows, int slabs, int slab) => (int)((long)rows * slab / slabs);

    /// <summary>Runs a body for each slab, all at a time; it must write only what belongs to its rows.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="slabs">Number of slabs.</param>
    /// <param name="body">Receives the first row and the row behind the last one.</param>
    public static void Run(int rows, int slabs, Action<int, int> body)
    {
        if (slabs == 1) body(0, rows);
        else Parallel.For(0, slabs, slab => body(Start(rows, slabs, slab), Start(rows, slabs, slab + 1)));
    }
}
