using MedISeg.Training.Data;

namespace MedISeg.Training.Weights;

/// <summary>Learned values of a square of tokens, brought to the rows and columns of another image.</summary>
internal static class PositionGrid
{
    /// <summary>Rows of a square of tokens; 0: they are no square.</summary>
    public static int SideOf(long tokens)
    {
        int side = (int)Math.Round(Math.Sqrt(Math.Max(0, tokens)));
        return (long)side * side == tokens ? side : 0;
    }

    /// <summary>Interpolates linearly along both axes, corners on corners, as TransUNet brings its positions to another size.</summary>
    /// <param name="values">[side, side, width].</param>
    /// <param name="side">Rows and columns, at least 1.</param>
    /// <param name="width">Channels of a token.</param>
    /// <param name="down">Rows of the result.</param>
    /// <param name="across">Columns of the result.</param>
    /// <returns>[down, across, width].</returns>
    public static float[] Resize(ReadOnlySpan<float> values, int side, int width, int down, int across)
    {
        LinearAxis rows = Axis(down, side), columns = Axis(across, side);
        float[] result = new float[down * across * width];
        for (int j = 0; j < down; j++)
            for (int i = 0; i < across; i++)
            {
                int upper = rows.Lower[j] * side, lower = rows.Upper[j] * side;
                double v = rows.Weight[j], u = columns.Weight[i];
                for (int c = 0; c < width; c++)
                {
                    double top = values[(upper + columns.Lower[i]) * width + c] * (1 - u) + values[(upper + columns.Upper[i]) * width + c] * u;
                    double bottom = values[(lower + columns.Lower[i]) * width + c] * (1 - u) + values[(lower + columns.Upper[i]) * width + c] * u;
                    result[(j * across + i) * width + c] = (float)(top * (1 - v) + bottom * v);
                }
            }
        return result;
    }

    private static LinearAxis Axis(int count, int side) => new(count, side, count > 1 ? (side - 1.0) / (count - 1) : 0, 0);
}
