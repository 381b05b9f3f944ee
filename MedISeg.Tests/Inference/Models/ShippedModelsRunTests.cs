using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Preprocessing;
using MedISeg.Inference.Tiling;
using MedISeg.Tests.Repository;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference.Models;

/// <summary>Whole runs of shipped networks on images of several patches.</summary>
public sealed class ShippedModelsRunTests
{
    private static readonly SegmentationOptions OneMember = new()
    {
        Ensemble = new EnsembleOptions { Members = ["0"] }, Tta = new TtaOptions { Views = [] }, Postprocessing = [],
        SlidingWindow = new SlidingWindowOptions { Overlap = [0.25] },
    };

    [Fact]
    public void Run_PlaneOnAnyBatchAndThreads_GivesTheSameProbabilitiesAndLabelsButWhereTwoClassesAreAsLikely() => Compare("nuclei", Image(1, 200, 196));

    [Fact]
    [Trait("Category", "Long")]
    public void Run_VolumeOnAnyBatchAndThreads_GivesTheSameProbabilitiesAndLabelsButWhereTwoClassesAreAsLikely() => Compare("hippocampus", Image(40, 60, 44));

    [Fact]
    public void Run_SeveralAtATimeAndOneCancelled_GiveTheLabelsOfOneAlone()
    {
        using ModelCatalog catalog = Catalog(2);
        LoadedModel model = catalog.Load("nuclei", null, CancellationToken.None);
        Volume[] images = [Image(1, 100, 193), Image(1, 200, 64), Image(1, 90, 80)];
        SegmentationOptions options = OneMember with { Tta = new TtaOptions { Views = ["flip-i"] }, SlidingWindow = new SlidingWindowOptions { Overlap = [0] } };
        byte[][] alone = [.. images.Select(image => new SegmentationPipeline().Run(image, model, options, null, null, CancellationToken.None).Labels.Bytes.ToArray())];
        byte[][] together = new byte[4][];
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, n =>
        {
            using CancellationTokenSource source = new();
            if (n == 3)
            {
                PatchProgress stop = new(source);
                Assert.Throws<OperationCanceledException>(() => new SegmentationPipeline().Run(images[0], model, options, null, stop, source.Token));
                Assert.Equal(1, stop.Patches);
                return;
            }
            together[n] = new SegmentationPipeline().Run(images[n], model, options, null, null, source.Token).Labels.Bytes.ToArray();
        });
        for (int n = 0; n < images.Length; n++) Assert.Equal(alone[n], together[n]);
    }

    private static void Compare(string name, Volume image)
    {
        float[][] first = Scores(name, image, 1, 1), again = Scores(name, image, 1, 1);
        for (int c = 0; c < first.Length; c++) Assert.Equal(first[c], again[c]);
        foreach ((int threads, int batch) in ((int, int)[])[(1, 2), (2, 4)])
        {
            float[][] other = Scores(name, image, threads, batch);
            for (int v = 0; v < first[0].Length; v++)
            {
                float[] one = [.. first.Select(channel => channel[v])], two = [.. other.Select(channel => channel[v])];
                for (int c = 0; c < one.Length; c++) Assert.Equal(one[c], two[c], 1e-6f);
                float[] ranked = [.. one.OrderDescending()];
                if (ranked[0] - ranked[1] > 2e-6f) Assert.Equal(Array.IndexOf(one, ranked[0]), Array.IndexOf(two, two.Max()));
            }
        }
    }

    /// <summary>Probabilities, one array a class.</summary>
    private static float[][] Scores(string name, Volume image, int threads, int batch)
    {
        using ModelCatalog catalog = Catalog(threads, batch);
        LoadedModel model = catalog.Load(name, null, CancellationToken.None);
        ModelManifest manifest = model.Manifest;
        EffectiveOptions options = EffectiveOptions.Create(OneMember, manifest, null);
        PreparedImage prepared = Preprocessor.For(manifest).Run(image, CancellationToken.None);
        PatchGrid grid = PatchGrid.Create(prepared.Mapping.Model.Grid, manifest.ScoreExtent(), options.Overlap, options.Positions);
        Assert.Equal(4, grid.Count);
        CollectingSink sink = new(grid.Image, manifest.ScoreChannels());
        SlidingWindow.Run(prepared.Channels, grid, manifest.Margin(), AccumulatorPlan.Smallest(grid, manifest.ScoreChannels()), options.Blend, options.Padding,
            manifest.PaddingAcross(options.Padding), model.Window, model.CreatePredictor(options, 0), sink, null, CancellationToken.None);
        return [.. sink.Scores.Chunk((int)grid.Image.VoxelCount)];
    }

    /// <summary>Noise; a plane has colours.</summary>
    private static Volume Image(int depth, int height, int width)
    {
        Random random = new(4);
        int channels = depth == 1 ? 3 : 1;
        return new Volume(VolumeGeometry.AxisAligned(new GridSize(depth, height, width), new SpacingMm(1, 1, 1)),
            [.. Enumerable.Range(0, channels).Select(_ => Enumerable.Range(0, depth * height * width).Select(n => (byte)random.Next(256)).ToArray())]);
    }

    private static ModelCatalog Catalog(int threads, int batch = 1) =>
        new(new ModelCatalogOptions { Root = RepositoryRoot.Of("models"), Providers = ["cpu"], Threads = threads, Batch = batch });

    private sealed class PatchProgress(CancellationTokenSource source) : IProgress<SegmentationProgress>
    {
        public long Patches { get; private set; }

        public void Report(SegmentationProgress value)
        {
            if (value.Phase != SegmentationPhase.Predicting || value.PatchesDone == 0) return;
            Patches = value.PatchesDone;
            source.Cancel();
        }
    }
}
