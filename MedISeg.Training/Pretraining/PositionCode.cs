namespace MedISeg.Training.Pretraining;

/// <summary>Fixed positions of tokens: sines and cosines of 10,000-fold falling frequencies of column and row.</summary>
internal static class PositionCode
{
    /// <summary>Fills the positions of a grid of tokens.</summary>
    /// <param name="down">Rows.</param>
    /// <param name="across">Columns.</param>
    /// <param name="width">Numbers a token, a multiple of four: sines and cosines of the column, then of the row.</param>
    /// <param name="target">Receives [down, across, width].</param>
    public static void Fill(int down, int across, int width, Span<float> target)
    {
        int share = width / 4;
        for (int j = 0; j < down; j++)
            for (int i = 0; i < across; i++)
                for (int n = 0; n < share; n++)
                {
                    double frequency = Math.Pow(10_000, -(double)n / share);
                    Span<float> token = target.Slice((j * across + i) * width, width);
                    (token[n], token[share + n]) = ((float)Math.Sin(i * frequency), (float)Math.Cos(i * frequency));
                    (token[2 * share + n], token[3 * share + n]) = ((float)Math.Sin(j * frequency), (float)Math.Cos(j * frequency));
                }
    }
}
