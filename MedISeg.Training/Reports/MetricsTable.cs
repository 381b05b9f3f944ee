using System.Globalization;

namespace MedISeg.Training.Reports;

/// <summary>metrics.csv of a run by the names of its columns; a line that was cut off is left out.</summary>
internal sealed class MetricsTable
{
    private readonly string[] _names;
    private readonly string[][] _lines;

    private MetricsTable(string[] names, string[][] lines) => (_names, _lines) = (names, lines);

    /// <summary>Number of epochs.</summary>
    public int Count => _lines.Length;

    /// <summary>Reads the file.</summary>
    public static MetricsTable Read(string path)
    {
        string[] lines = File.ReadAllLines(path);
        string[] names = lines.Length == 0 ? [] : lines[0].Split(',');
        return new MetricsTable(names, [.. lines.Skip(1).Select(line => line.Split(',')).Where(cells => cells.Length == names.Length)]);
    }

    /// <summary>Values of a column, one an epoch; NaN where nothing was measured or there is no such column.</summary>
    public double[] Column(string name) => [.. Texts(name).Select(Parse)];

    /// <summary>Values of a column with several values a line.</summary>
    /// <param name="name">Column.</param>
    /// <param name="count">Values wanted of each line.</param>
    public double[][] Columns(string name, int count) =>
    [
        .. Enumerable.Range(0, count).Select(n => Texts(name).Select(text => text.Split(';')).Select(parts => n < parts.Length ? Parse(parts[n]) : double.NaN).ToArray()),
    ];

    /// <summary>Time of all sittings: the clock starts anew with each one, so it counts what was reached before it fell.</summary>
    public TimeSpan Time()
    {
        double total = 0, before = 0;
        foreach (double seconds in Column("seconds").Where(double.IsFinite))
        {
            total += seconds < before ? seconds : seconds - before;
            before = seconds;
        }
        return TimeSpan.FromSeconds(total);
    }

    private IEnumerable<string> Texts(string name)
    {
        int column = Array.IndexOf(_names, name);
        return _lines.Select(cells => column < 0 ? "" : cells[column]);
    }

    private static double Parse(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : double.NaN;
}
