using System.Globalization;
using System.Text;

namespace MedISeg.Training.Reports;

/// <summary>Curves as inline SVG; colours are those of <see cref="HtmlPage"/>.</summary>
internal static class LineChart
{
    /// <summary>Number of colours.</summary>
    public const int Colours = 8;

    private const double Width = 560, Height = 280, Left = 58, Right = 14, Top = 30, Bottom = 34;

    /// <summary>Draws curves over steps, each with its name below the title; values that are not finite are gaps.</summary>
    /// <param name="title">Plain text.</param>
    /// <param name="steps">Of all curves.</param>
    /// <param name="curves">Names and values, one a step.</param>
    public static string Draw(string title, IReadOnlyList<double> steps, IReadOnlyList<(string Name, IReadOnlyList<double> Values)> curves)
    {
        double[] known = [.. curves.SelectMany(c => c.Values).Where(double.IsFinite)];
        if (known.Length == 0) return $"<p class=\"faint\">{HtmlPage.Text(title)}: nothing was measured yet.</p>";
        AxisTicks x = AxisTicks.Around(Math.Min(0, steps.Min()), steps.Max(), 5), y = AxisTicks.Around(known.Min(), known.Max(), 5);
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{HtmlPage.Text(title)}\">");
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"ink\" x=\"{Left}\" y=\"15\" font-weight=\"600\">{HtmlPage.Text(title)}</text>");
        foreach (double tick in y.Values())
        {
            svg.Append(CultureInfo.InvariantCulture, $"<path class=\"rule\" d=\"M{Left} {Y(tick):F1}H{Width - Right}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 8}\" y=\"{Y(tick) + 4:F1}\" text-anchor=\"end\">{Label(tick)}</text>");
        }
        foreach (double tick in x.Values())
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(tick):F1}\" y=\"{Height - Bottom + 17}\" text-anchor=\"middle\">{Label(tick)}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<path class=\"axis\" d=\"M{Left} {Height - Bottom}H{Width - Right}\"/>");
        for (int c = 0; c < curves.Count; c++) Curve(c, curves[c]);
        svg.Append("</svg>");
        Legend(svg, curves);
        return svg.ToString();

        double X(double step) => Left + x.Share(step) * (Width - Left - Right);
        double Y(double value) => Height - Bottom - y.Share(value) * (Height - Top - Bottom);
        void Curve(int number, (string Name, IReadOnlyList<double> Values) curve)
        {
            StringBuilder path = new();
            bool pen = false;
            for (int n = 0; n < steps.Count; n++)
            {
                bool isKnown = double.IsFinite(curve.Values[n]);
                if (isKnown) path.Append(CultureInfo.InvariantCulture, $"{(pen ? 'L' : 'M')}{X(steps[n]):F1} {Y(curve.Values[n]):F1}");
                pen = isKnown;
            }
            string colour = $"var(--c{number % Colours})";
            svg.Append(CultureInfo.InvariantCulture, $"<path class=\"curve\" stroke=\"{colour}\" d=\"{path}\"/>");
            for (int n = 0; n < steps.Count; n++)
                if (double.IsFinite(curve.Values[n]))
                    svg.Append(CultureInfo.InvariantCulture,
                        $"<circle cx=\"{X(steps[n]):F1}\" cy=\"{Y(curve.Values[n]):F1}\" r=\"{(steps.Count > 60 ? 1.2 : 2.6)}\" fill=\"{colour}\"><title>{HtmlPage.Text(curve.Name)}, step {steps[n]:F0}: {Label(curve.Values[n])}</title></circle>");
        }
    }

    /// <summary>A tick's number, at most four significant digits.</summary>
    public static string Label(double value) => Math.Abs(value) is >= 10000 or (> 0 and < 0.001)
        ? value.ToString("0.##e0", CultureInfo.InvariantCulture)
        : value.ToString("G4", CultureInfo.InvariantCulture);

    private static void Legend(StringBuilder svg, IReadOnlyList<(string Name, IReadOnlyList<double> Values)> curves)
    {
        svg.Append("<p>");
        for (int c = 0; c < curves.Count; c++)
            svg.Append(CultureInfo.InvariantCulture,
                $"<span style=\"white-space: nowrap; margin-right: 14px\"><span style=\"color: var(--c{c % Colours})\">●</span> {HtmlPage.Text(curves[c].Name)}</span> ");
        svg.Append("</p>");
    }
}
