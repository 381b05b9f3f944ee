using System.Text.RegularExpressions;
using MedISeg.Imaging.Volumes;
using MedISeg.Training.Reports;
using MedISeg.Training.Trainers;
using MedISeg.Training.Verbs;

namespace MedISeg.Tests.Training.Reports;

[Collection(TrainingTests.Name)]
public sealed partial class ReportTests : IDisposable
{
    private readonly string _root = ToyCases.TemporaryFolder();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Train_Toys_WritesAReportThatStandsAlone()
    {
        ToyCases.Write(Path.Combine(_root, "data"), 4, n => new GridSize(10 + n, 11, 12));
        TrainOptions options = ToyCases.Options with { Task = "blocks <& \"more\">", Steps = 6, StepsPerEpoch = 2, Folds = 2, ValidationCases = 2 };
        string config = Path.Combine(_root, "train.json"), run = Path.Combine(_root, "run");
        File.WriteAllText(config, System.Text.Json.JsonSerializer.Serialize(options, MedISeg.Inference.Options.SegmentationOptions.Json));
        Assert.Equal(0, await TrainVerb.Create().Parse(["--data", Path.Combine(_root, "data"), "--out", run, "--config", config]).InvokeAsync());
        string html = File.ReadAllText(Path.Combine(run, "report.html"));
        AssertStandsAlone(html);
        Assert.Contains("<h1>Training: blocks &lt;&amp; &quot;more&quot;&gt;</h1>", html, StringComparison.Ordinal);
        Assert.Contains("<b>6 / 6</b><span>steps</span>", html, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(html, "<figure><img alt=\"[^\"]+\" src=\"data:image/png;base64,iVBOR"));
        Assert.Contains("<title>validation, dark, step 4: ", html, StringComparison.Ordinal);
        Assert.Contains("2 training and 2 validation cases", html, StringComparison.Ordinal);

        File.Delete(Path.Combine(run, "report.html"));
        Assert.Equal(0, await ReportVerb.Create().Parse(["--run", run]).InvokeAsync());
        Assert.Equal(html, File.ReadAllText(Path.Combine(run, "report.html")));
        Assert.Equal(2, await ReportVerb.Create().Parse(["--run", _root]).InvokeAsync());
    }

    [Fact]
    public void Write_RunWithoutAnEpoch_SaysSo()
    {
        RunFolder folder = RunFolder.Create(Path.Combine(_root, "run"), ToyCases.Options);
        string html = File.ReadAllText(RunReport.Write(folder));
        AssertStandsAlone(html);
        Assert.Contains("No epoch is done yet.", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_RunOfMoreThanADay_ShowsAllItsHours()
    {
        RunFolder folder = RunFolder.Create(Path.Combine(_root, "run"), ToyCases.Options);
        File.WriteAllText(folder.MetricsPath, "step,loss,validation_dice,learning_rate,seconds\n5,1,0.5,0.01,108125\n");
        Assert.Contains("<b>30:02:05</b>", File.ReadAllText(RunReport.Write(folder)), StringComparison.Ordinal);
    }

    [Fact]
    public void Metrics_TwoSittings_TimesAdd()
    {
        string path = Path.Combine(_root, "metrics.csv");
        File.WriteAllText(path, "step,validation_dice,validation_dice_per_class,seconds\n5,,;,3.0\n10,0.5,0.25;0.75,6.5\n15,0.6,0.6;,2.0\n20,0.7");
        MetricsTable metrics = MetricsTable.Read(path);
        Assert.Equal(3, metrics.Count);
        Assert.Equal(8.5, metrics.Time().TotalSeconds, 1e-9);
        Assert.Equal([double.NaN, 0.5, 0.6], metrics.Column("validation_dice"));
        Assert.Equal([double.NaN, 0.75, double.NaN], metrics.Columns("validation_dice_per_class", 2)[1]);
        Assert.Equal([double.NaN, double.NaN, double.NaN], metrics.Column("unknown"));
    }

    [Theory]
    [InlineData(0, 1, 5, 0, 1, 0.2)]
    [InlineData(0.31, 0.72, 5, 0.3, 0.8, 0.1)]
    [InlineData(-3.2, 7.9, 5, -5, 10, 5)]
    [InlineData(4, 4, 5, 2, 6, 1)]
    public void Ticks_Range_AreRoundAndAroundIt(double low, double high, int count, double first, double last, double step)
    {
        AxisTicks ticks = AxisTicks.Around(low, high, count);
        Assert.Equal(first, ticks.Low, 1e-9);
        Assert.Equal(last, ticks.High, 1e-9);
        Assert.Equal(step, ticks.Step, 1e-9);
        Assert.Equal(last, ticks.Values().Last(), 1e-9);
    }

    [Fact]
    public void LineChart_ValuesThatAreMissing_AreGaps()
    {
        string svg = LineChart.Draw("x", [1, 2, 3, 4], [("a", [1, double.NaN, 3, 4])]);
        Assert.Equal(3, Regex.Count(svg, "<circle"));
        string path = Regex.Match(svg, "class=\"curve\"[^>]* d=\"([^\"]+)\"").Groups[1].Value;
        Assert.Equal("MML", string.Concat(path.Where(char.IsAsciiLetter)));
        Assert.Contains("nothing was measured", LineChart.Draw("x", [1], [("a", [double.NaN])]), StringComparison.Ordinal);
    }

    [Fact]
    public void ChangeChart_Bars_AreColouredWhereTheIntervalLeavesZeroOut()
    {
        string svg = ChangeChart.Draw("points", [("good", 2, 1, 3), ("bad", -2, -3, -1), ("unsure", 1, -1, 3)]);
        Assert.Equal(["--good", "--bad", "--faint"], Regex.Matches(svg, @"<rect [^>]*fill=""var\((--\w+)\)").Select(m => m.Groups[1].Value));
    }

    /// <summary>No reference leads out of the file, and every element is closed.</summary>
    internal static void AssertStandsAlone(string html)
    {
        Assert.StartsWith("<!DOCTYPE html>", html, StringComparison.Ordinal);
        string bare = Regex.Replace(html, "base64,[A-Za-z0-9+/=]+", "base64,");
        Assert.DoesNotContain("<script", bare, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("url(", bare, StringComparison.OrdinalIgnoreCase);
        Assert.All(Regex.Matches(bare, "(src|href)=\"([^\"]*)\"").Select(m => m.Groups[2].Value), value => Assert.StartsWith("data:", value, StringComparison.Ordinal));
        Stack<string> open = [];
        foreach (Match tag in Tag().Matches(bare[15..]))
        {
            string name = tag.Groups[2].Value;
            if (name is "meta" or "img" || tag.Value.EndsWith("/>", StringComparison.Ordinal)) continue;
            if (tag.Groups[1].Value.Length == 0) open.Push(name);
            else Assert.Equal(open.Pop(), name);
        }
        Assert.Empty(open);
    }

    [GeneratedRegex("<(/?)([a-z0-9]+)[^<>]*>")]
    private static partial Regex Tag();
}
