using System.Globalization;
using System.Text;

namespace MedISeg.Training.Reports;

/// <summary>Changes against a base as bars with confidence intervals, inline SVG.</summary>
internal static class ChangeChart
{
    private const double Width = 1080, RowHeight = 26, Left = 230, Right = 90, Top = 8, Bottom = 38;

    /// <summary>Draws one bar a change.</summary>
    /// <param name="unit">Of the values, below the axis.</param>
    /// <param name="bars">Name, value, and the ends of its interval.</param>
    public static string Draw(string unit, IReadOnlyList<(string Name, double Value, double Low, double High)> bars)
    {
        AxisTicks x = AxisTicks.Around(Math.Min(0, bars.Min(b => b.Low)), Math.Max(0, bars.Max(b => b.High)), 8);
        double bottom = Top + bars.Count * RowHeight, height = bottom + Bottom;
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {height}\" role=\"img\" aria-label=\"{HtmlPage.Text(unit)}\">");
        foreach (double tick in x.Values())
        {
            svg.Append(CultureInfo.InvariantCulture, $"<path class=\"{(tick == 0 ? "axis" : "rule")}\" d=\"M{X(tick):F1} {Top}V{bottom}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(tick):F1}\" y=\"{bottom + 15}\" text-anchor=\"middle\">{LineChart.Label(tick)}</text>");
        }
        for (int n = 0; n < bars.Count; n++)
        {
            (string name, double value, double low, double high) = bars[n];
            double middle = Top + (n + 0.5) * RowHeight, from = Math.Min(X(0), X(value));
            string colour = low > 0 ? "var(--good)" : high < 0 ? "var(--bad)" : "var(--faint)";
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"ink\" x=\"{Left - 10}\" y=\"{middle + 4:F1}\" text-anchor=\"end\">{HtmlPage.Text(name)}</text>");
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{from:F1}\" y=\"{middle - 7:F1}\" width=\"{Math.Abs(X(value) - X(0)):F1}\" height=\"14\" rx=\"2\" fill=\"{colour}\" fill-opacity=\"0.55\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<path stroke=\"var(--ink)\" stroke-width=\"1.4\" fill=\"none\" d=\"M{X(low):F1} {middle:F1}H{X(high):F1}M{X(low):F1} {middle - 4:F1}v8M{X(high):F1} {middle - 4:F1}v8\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"ink\" x=\"{Width - Right + 14}\" y=\"{middle + 4:F1}\">{value:+0.00;-0.00;0.00}</text>");
        }
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{height - 5}\" text-anchor=\"middle\">{HtmlPage.Text(unit)}</text></svg>");
        return svg.ToString();

        double X(double value) => Left + x.Share(value) * (Width - Left - Right);
    }
}
