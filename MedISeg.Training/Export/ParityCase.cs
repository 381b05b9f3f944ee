using MedISeg.Imaging.Volumes;
using MedISeg.Training.Networks;

namespace MedISeg.Training.Export;

/// <summary>One input on which an export is compared.</summary>
/// <param name="Batch">Samples.</param>
/// <param name="Sides">Extent; one plane for a 2-D network.</param>
internal readonly record struct ParityCase(int Batch, GridSize Sides)
{
    /// <summary>One and two patches for a network that is bound to its patch; else a small cube, an asymmetric block, a larger cube, the patch, and two patches at once; all sides fit the network's strides.</summary>
    public static IReadOnlyList<ParityCase> For(UNetOptions network, GridSize patch)
    {
        if (network.Kind.HasPositions()) return [new(1, patch), new(2, patch)];
        bool planar = network.Dimensionality == 2;
        int[] unit = planar ? [1, network.Divisor(0), network.Divisor(1)] : [network.Divisor(0), network.Divisor(1), network.Divisor(2)];
        return
        [
            new(1, new GridSize(planar ? 1 : 2 * unit[0], 2 * unit[1], 2 * unit[2])),
            new(1, new GridSize(planar ? 1 : 4 * unit[0], 6 * unit[1], 2 * unit[2])),
            new(1, new GridSize(planar ? 1 : 8 * unit[0], 8 * unit[1], 8 * unit[2])),
            new(1, patch),
            new(2, patch),
        ];
    }

    /// <summary>Batch and sides as users write them.</summary>
    public override string ToString() => $"batch {Batch} of {Sides}";
}
