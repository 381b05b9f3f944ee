using System.Diagnostics;
using System.Globalization;
using MedISeg.Benchmarks.Targets;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Prediction;

namespace MedISeg.Benchmarks.Joining;

/// <summary>Measures whether calls of several runs at a time are faster as one: both ways in turns, each with sessions of its own.</summary>
internal static class JoiningCommand
{
    /// <summary>First argument.</summary>
    public const string Verb = "joining";

    /// <summary>Prints a line for each package and number of runs.</summary>
    /// <param name="models">Folder of the packages.</param>
    /// <param name="rounds">Alternating measurements, of which the fastest counts.</param>
    public static int Run(string models, int rounds)
    {
        using ModelCatalog apart = Catalog(models, 1), joined = Catalog(models, 64);
        foreach (ModelManifest manifest in apart.Models)
            foreach (int runs in (int[])[2, 4])
            {
                float[][] first = [], second = [];
                double before = double.PositiveInfinity, after = double.PositiveInfinity;
                for (int n = 0; n <= rounds; n++)
                {
                    (first, double alone) = Measure(apart, manifest, runs);
                    (second, double together) = Measure(joined, manifest, runs);
                    // The first calls ask for memory.
                    if (n > 0) (before, after) = (Math.Min(before, alone), Math.Min(after, together));
                }
                float distance = first.Zip(second, (a, b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Max()).Max();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{manifest.Name,-20} {runs} runs  apart {before * 1e3,8:F1} ms a patch  joined {after * 1e3,8:F1} ms  ratio {before / after:F3}  scores apart {distance:E1}  peak {ProcessStatus.PeakKiB / 1024} MiB"));
            }
        return 0;
    }

    /// <summary>Each run predicts its patches one after the other, all at a time.</summary>
    /// <returns>The last scores of each run, and wall seconds a patch.</returns>
    private static (float[][] Scores, double Seconds) Measure(ModelCatalog catalog, ModelManifest manifest, int runs)
    {
        const int Patches = 12;
        LoadedModel model = catalog.Load(manifest.Name, manifest.Version, CancellationToken.None);
        EffectiveOptions options = EffectiveOptions.Create(new SegmentationOptions { Tta = new TtaOptions { Views = [] } }, manifest, null);
        IPatchPredictor[] predictors = [.. Enumerable.Range(0, runs).Select(_ => model.CreatePredictor(options, 0))];
        float[][] patches = [.. Enumerable.Range(0, runs).Select(_ => new float[manifest.PatchExtent().VoxelCount * manifest.Inputs.Count])];
        float[][] scores = [.. Enumerable.Range(0, runs).Select(_ => new float[manifest.ScoreExtent().VoxelCount * manifest.ScoreChannels()])];
        for (int n = 0; n < runs; n++)
        {
            Random random = new(n);
            for (int v = 0; v < patches[n].Length; v++) patches[n][v] = random.NextSingle() * 2 - 1;
        }
        long start = Stopwatch.GetTimestamp();
        Thread[] threads =
        [
            .. Enumerable.Range(0, runs).Select(n => new Thread(() =>
            {
                for (int patch = 0; patch < Patches; patch++) predictors[n].Predict(patches[n], manifest.PatchExtent(), scores[n], CancellationToken.None);
            })),
        ];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        return (scores, Stopwatch.GetElapsedTime(start).TotalSeconds / (runs * Patches));
    }

    private static ModelCatalog Catalog(string models, int joins) => new(new ModelCatalogOptions { Root = models, JoinedCalls = joins });
}
