using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Prediction;
using MedISeg.Tests.Repository;

namespace MedISeg.Tests.Inference.Models;

public sealed class ShippedModelsBatchTests
{
    [Fact]
    public void Predict_ShippedModels_GiveTheSameProbabilitiesForAnyBatchAndThreads()
    {
        using ModelCatalog catalog = Catalog(1);
        Assert.NotEmpty(catalog.Models);
        foreach (ModelManifest manifest in catalog.Models)
        {
            int input = (int)(manifest.PatchExtent().VoxelCount * manifest.Inputs.Count), output = (int)(manifest.ScoreExtent().VoxelCount * manifest.ScoreChannels());
            float[] patches = new float[4 * input], alone = new float[4 * output];
            Random random = new(5);
            for (int n = 0; n < patches.Length; n++) patches[n] = random.NextSingle() * 2 - 1;
            IPatchPredictor single = Predictor(catalog, manifest);
            for (int n = 0; n < 4; n++) Predict(single, n, 1, alone);
            foreach ((int threads, int batch) in ((int, int)[])[(1, 2), (1, 4), (2, 1), (2, 2), (2, 4)])
            {
                using ModelCatalog other = Catalog(threads);
                IPatchPredictor predictor = Predictor(other, manifest);
                float[] scores = new float[4 * output];
                for (int n = 0; n < 4; n += batch) Predict(predictor, n, batch, scores);
                float apart = 0;
                for (int n = 0; n < scores.Length; n++) apart = Math.Max(apart, Math.Abs(scores[n] - alone[n]));
                Assert.True(apart <= 1e-6f, $"{manifest.Name}: {apart} apart with {threads} threads and batches of {batch}");
            }

            void Predict(IPatchPredictor predictor, int first, int count, float[] scores) => predictor.Predict(
                patches.AsSpan(first * input, count * input), manifest.PatchExtent(), scores.AsSpan(first * output, count * output), CancellationToken.None);
        }
    }

    private static ModelCatalog Catalog(int threads) =>
        new(new ModelCatalogOptions { Root = RepositoryRoot.Of("models"), Providers = ["cpu"], Threads = threads });

    private static IPatchPredictor Predictor(ModelCatalog catalog, ModelManifest manifest)
    {
        LoadedModel model = catalog.Load(manifest.Name, manifest.Version, CancellationToken.None);
        return model.CreatePredictor(EffectiveOptions.Create(new SegmentationOptions { Tta = new TtaOptions { Views = [] } }, manifest, null), 0);
    }
}
