using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Tiling;

namespace MedISeg.Training.Evaluation.Calibration;

/// <summary>Keeps the scores of some voxels.</summary>
/// <param name="size">Extent of the grid.</param>
/// <param name="places">Elements of the grid, row-major, distinct and rising.</param>
/// <param name="channels">Score channels.</param>
internal sealed class LogitSink(GridSize size, int[] places, int channels) : IBandSink
{
    /// <summary>Shape [places, channels].</summary>
    public float[] Values { get; } = new float[checked(places.Length * channels)];

    /// <summary>The elements.</summary>
    public IReadOnlyList<int> Places => places;

    /// <inheritdoc />
    public void Accept(in Band band)
    {
        int voxels = checked((int)band.Size.VoxelCount);
        for (int k = 0; k < band.Size.Depth; k++)
            for (int j = 0; j < band.Size.Height; j++)
            {
                int row = (int)size.Offset(band.Origin.K + k, band.Origin.J + j, band.Origin.I), at = (int)band.Size.Offset(k, j, 0);
                int first = Array.BinarySearch(places, row);
                for (int n = first < 0 ? ~first : first; n < places.Length && places[n] < row + band.Size.Width; n++)
                    for (int c = 0; c < channels; c++) Values[n * channels + c] = band.Scores[c * voxels + at + places[n] - row];
            }
    }

    /// <inheritdoc />
    public void Complete()
    {
    }
}
