using System.Globalization;
using System.Text.RegularExpressions;

namespace MedISeg.Tests.Api.Telemetry;

/// <summary>A line of Prometheus' text format.</summary>
internal sealed partial record MetricSample(string Name, IReadOnlyDictionary<string, string> Labels, double Value)
{
    /// <summary>Name and labels: what makes a series.</summary>
    public string Series => Name + "{" + string.Join(',', Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}")) + "}";

    /// <summary>Reads a page; a line that is none of the format's fails.</summary>
    public static IReadOnlyList<MetricSample> Parse(string page) =>
        [.. page.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(Read)];

    private static MetricSample Read(string line)
    {
        Match match = Line().Match(line);
        Assert.True(match.Success, line);
        Dictionary<string, string> labels = Label().Matches(match.Groups[2].Value).ToDictionary(label => label.Groups[1].Value, label => label.Groups[2].Value);
        string value = match.Groups[3].Value;
        return new MetricSample(match.Groups[1].Value, labels,
            value == "+Inf" ? double.PositiveInfinity : double.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: [0-9.]+)?$")]
    private static partial Regex Line();

    [GeneratedRegex("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"")]
    private static partial Regex Label();
}
