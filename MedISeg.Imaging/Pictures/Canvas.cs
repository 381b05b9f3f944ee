namespace MedISeg.Imaging.Pictures;

/// <summary>Interleaved RGB pixels to draw on; what lies outside is ignored.</summary>
internal sealed class Canvas
{
    public Canvas(int width, int height, Rgb background)
    {
        (Width, Height) = (width, height);
        Pixels = new byte[checked(width * height * 3)];
        for (int n = 0; n < Pixels.Length; n += 3) (Pixels[n], Pixels[n + 1], Pixels[n + 2]) = (background.R, background.G, background.B);
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Row-major, three bytes a pixel.</summary>
    public byte[] Pixels { get; }

    /// <summary>Mixes a colour in: 0 leaves the pixel, 1 replaces it.</summary>
    public void Blend(int x, int y, Rgb colour, double alpha)
    {
        if ((uint)x >= (uint)Width || (uint)y >= (uint)Height || alpha <= 0) return;
        Span<byte> pixel = Pixels.AsSpan((y * Width + x) * 3, 3);
        alpha = Math.Min(alpha, 1);
        pixel[0] = Mix(pixel[0], colour.R);
        pixel[1] = Mix(pixel[1], colour.G);
        pixel[2] = Mix(pixel[2], colour.B);

        byte Mix(byte old, byte added) => (byte)(old + (added - old) * alpha + 0.5);
    }

    public void Fill(int x, int y, int width, int height, Rgb colour)
    {
        for (int row = y; row < y + height; row++)
            for (int column = x; column < x + width; column++)
                Blend(column, row, colour, 1);
    }

    /// <summary>Draws a text with its upper left corner at (x, y), on a dark shadow that keeps it readable over an image.</summary>
    public void Text(int x, int y, string text, Rgb colour, int scale)
    {
        Draw(x + 1, y + 1, new Rgb(0, 0, 0), 0.7);
        Draw(x, y, colour, 1);

        void Draw(int left, int top, Rgb ink, double alpha)
        {
            for (int n = 0; n < text.Length; n++)
                for (int row = 0; row < PixelFont.Height * scale; row++)
                    for (int column = 0; column < PixelFont.Width * scale; column++)
                        if (PixelFont.IsSet(text[n], row / scale, column / scale))
                            Blend(left + n * PixelFont.Advance * scale + column, top + row, ink, alpha);
        }
    }
}
