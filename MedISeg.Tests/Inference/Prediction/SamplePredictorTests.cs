using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Inference.Prediction;
using MedISeg.Inference.Uncertainty;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference.Prediction;

[Trait("Category", "Kernel")]
public sealed class SamplePredictorTests
{
    private static readonly GridSize Size = new(2, 3, 5);

    [Fact]
    public void Apply_EveryView_UndoneByItsInverseAndFlipsByThemselves()
    {
        foreach (string name in PatchView.Names)
        {
            AxisOrientation order = PatchView.Find(name).Orientation;
            float[] values = [.. Enumerable.Range(0, 30).Select(n => (float)n)], turned = new float[30], back = new float[30];
            ViewTransform.Apply(values, Size, order, turned, false);
            Assert.NotEqual(values, turned);
            ViewTransform.Apply(turned, order.Apply(Size), order.Inverse(), back, false);
            Assert.Equal(values, back);
            if (!name.StartsWith("flip", StringComparison.Ordinal)) continue;
            ViewTransform.Apply(turned, Size, order, back, false);
            Assert.Equal(values, back);
        }
    }

    [Fact]
    public void Apply_FlipOfRowsAndQuarterTurn_MoveTheVoxelsAsSpelled()
    {
        // rot90-ji-1 turns j towards i: out[j, i] = in[i, n_i - 1 - j].
        float[] values = [.. Enumerable.Range(0, 30).Select(n => (float)n)], turned = new float[30];
        ViewTransform.Apply(values, Size, PatchView.Find("flip-j").Orientation, turned, false);
        Assert.Equal(values[Size.Offset(1, 2, 4)], turned[Size.Offset(1, 0, 4)]);
        AxisOrientation turn = PatchView.Find("rot90-ji-1").Orientation;
        ViewTransform.Apply(values, Size, turn, turned, false);
        GridSize after = turn.Apply(Size);
        Assert.Equal(new GridSize(2, 5, 3), after);
        Assert.Equal(values[Size.Offset(1, 2, 3)], turned[after.Offset(1, 1, 2)]);
    }

    [Fact]
    public void Mirrors_EveryView_IsTheSignOfItsDeterminant()
    {
        foreach (string name in PatchView.Names)
        {
            VolumeGeometry cube = VolumeGeometry.AxisAligned(new GridSize(3, 3, 3), new SpacingMm(1, 1, 1));
            double determinant = PatchView.Find(name).Orientation.Apply(cube).IndexToPatient.Determinant;
            Assert.Equal(determinant < 0, PatchView.Find(name).Mirrors);
        }
    }

    [Fact]
    public void Predict_NetworkThatCountsPlaces_IsTheMeanOfAllViewsTurnedBack()
    {
        // The score is the place along i in the view: flipped back it runs the other way, so the mean is constant.
        ScoresPredictor network = new(1, 1, (_, size, scores) =>
        {
            for (int n = 0; n < scores.Length; n++) scores[n] = n % size.Width;
        });
        float[] scores = new float[30];
        Samples(network, default, ("flip-i", null)).Predict(new float[30], Size, scores, CancellationToken.None);
        Assert.All(scores, score => Assert.Equal(2f, score));
        Assert.Equal(2, network.Calls);
    }

    [Fact]
    public void Predict_LabelSwap_TakesTheOtherSidesChannelFromTheMirrorImage()
    {
        // Channel 1 is "left half", channel 2 "right half": in the mirror image they are the other way round.
        ScoresPredictor network = new(1, 3, (_, size, scores) =>
        {
            scores.Clear();
            for (int n = 0; n < 30; n++)
                if (n % size.Width != 2) scores[(n % size.Width < 2 ? 30 : 60) + n] = 1;
        });
        float[] scores = new float[90];
        Samples(network, default, ("flip-i", [0, 2, 1])).Predict(new float[30], Size, scores, CancellationToken.None);
        for (int n = 0; n < 30; n++)
        {
            Assert.Equal(n % 5 < 2 ? 1f : 0f, scores[30 + n]);
            Assert.Equal(n % 5 > 2 ? 1f : 0f, scores[60 + n]);
        }
    }

    [Fact]
    public void Predict_ScoresSmallerThanThePatch_AreTurnedBackAtTheirOwnExtent()
    {
        ScoresPredictor network = new(1, 1, (patch, size, scores) =>
        {
            for (int i = 0; i < 3; i++) scores[i] = patch[size.Width + i + 1];
        });
        float[] patch = [.. Enumerable.Range(0, 15).Select(n => (float)n)], scores = new float[3];
        Samples(network, new VoxelIndex(0, 1, 1), ("flip-i", null), ("flip-ji", null))
            .Predict(patch, new GridSize(1, 3, 5), scores, CancellationToken.None);
        Assert.Equal([6, 7, 8], scores);
    }

    [Fact]
    public void Predict_WeightsOfViewsAndMembers_MultiplyInTheAverage()
    {
        // Members say 1 and 3, ten times that in the mirror image: (2 * 4 * 1 + 2 * 1 * 3 + 3 * 4 * 10 + 3 * 1 * 30) / 25.
        IPatchPredictor[] members = [.. ((float[])[1, 3]).Select(value => (IPatchPredictor)new ScoresPredictor(
            1, 1, (patch, _, scores) => scores.Fill(patch[0] == 0 ? value : 10 * value)))];
        float[] patch = [.. Enumerable.Range(0, 30).Select(n => n % 5 == 0 ? 0f : 1f)], scores = new float[30];
        new SamplePredictor(members, [4, 1], [SampleView.Identity with { Weight = 2 }, new SampleView(PatchView.Find("flip-i"), null, 3)], default)
            .Predict(patch, Size, scores, CancellationToken.None);
        Assert.All(scores, score => Assert.Equal((8 + 6 + 120 + 90) / 25f, score, 1e-5f));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Predict_BatchWithStatistics_EqualsEachPatchAlone(int classes)
    {
        const int Batch = 4;
        int calls = 0;
        IPatchPredictor[] members = [.. ((float[])[1, 3]).Select(factor => (IPatchPredictor)new ScoresPredictor(1, classes, (patch, size, scores) =>
        {
            calls++;
            int voxels = (int)size.VoxelCount;
            for (int n = 0; n < scores.Length; n++)
                scores[n] = (patch[n / (classes * voxels) * voxels + n % voxels] * factor + n % voxels % size.Width + n / voxels % classes) % 7 / 7;
        }))];
        SamplePredictor Create() => new(
            members, [2, 1], [SampleView.Identity, new SampleView(PatchView.Find("flip-i"), null, 0.5), new SampleView(PatchView.Find("flip-j"), null, 1)], default,
            new SampleStatistics(
                new ScoreMeaning(classes, Regions: classes == 1, Logits: false, 0.5f), [OutputKind.Variance, OutputKind.Disagreement, OutputKind.MutualInformation]));
        SamplePredictor together = Create(), alone = Create();
        int one = together.Classes * 30;
        Assert.Equal(classes + 3, together.Classes);
        float[] patches = [.. Enumerable.Range(0, Batch * 30).Select(n => n * 17 % 23f)], batch = new float[Batch * one], single = new float[one];
        for (int round = 0; round < 2; round++)
        {
            // The last batch of an image is smaller.
            int count = round == 0 ? Batch : Batch - 1;
            batch.AsSpan().Fill(float.NaN);
            calls = 0;
            together.Predict(patches.AsSpan(0, count * 30), Size, batch.AsSpan(0, count * one), CancellationToken.None);
            Assert.Equal(6, calls);
            for (int n = 0; n < count; n++)
            {
                alone.Predict(patches.AsSpan(n * 30, 30), Size, single, CancellationToken.None);
                Assert.Equal(single, batch[(n * one)..((n + 1) * one)]);
            }
        }
        Assert.Contains(single[(classes * 30)..], value => value > 0.01f);
    }

    [Theory]
    [InlineData("tta2d", new[] { "flip-j", "flip-i", "rot90-ji-1", "rot90-ji-2", "rot90-ji-3" })]
    [InlineData("tta3d", new[] { "flip-j", "flip-i", "flip-k", "rot90-ji-1", "rot90-ji-2", "rot90-ji-3" })]
    public void Golden_Views_AreThoseOfMedISegInBothDirections(string folder, string[] names)
    {
        bool planar = folder == "tta2d";
        // 2-D: (n, c, y, x); 3-D: (y, x, z), views in front; z becomes our slowest axis.
        NpyFile input = NpyFile.Golden(folder + "/in.npy"), views = NpyFile.Golden(folder + "/views.npy");
        NpyFile preds = NpyFile.Golden(folder + "/preds.npy"), inverse = NpyFile.Golden(folder + "/preds_inverse.npy");
        NpyFile mean = NpyFile.Golden(folder + "/mean.npy");
        if (!planar)
        {
            input = input.Transpose(2, 0, 1);
            views = views.Transpose(0, 3, 1, 2);
            preds = preds.Transpose(0, 1, 4, 2, 3);
            inverse = inverse.Transpose(0, 1, 4, 2, 3);
            mean = mean.Transpose(0, 3, 1, 2);
        }
        GridSize size = new(planar ? 1 : 4, 6, 6);
        int block = (int)size.VoxelCount, inBlocks = input.Values.Length / block, outBlocks = mean.Values.Length / block;
        float[] turned = new float[block], sum = inverse.ToFloats()[..(outBlocks * block)];
        for (int v = 0; v < names.Length; v++)
        {
            AxisOrientation order = PatchView.Find(names[v]).Orientation;
            for (int n = 0; n < inBlocks; n++)
            {
                ViewTransform.Apply(input.ToFloats().AsSpan(n * block, block), size, order, turned, false);
                Assert.Equal(views.ToFloats().AsSpan(((v + 1) * inBlocks + n) * block, block).ToArray(), turned);
            }
            for (int n = 0; n < outBlocks; n++)
            {
                int at = ((v + 1) * outBlocks + n) * block;
                ViewTransform.Apply(preds.ToFloats().AsSpan(at, block), size, order.Inverse(), turned, false);
                Assert.Equal(inverse.ToFloats().AsSpan(at, block).ToArray(), turned);
                ViewTransform.Apply(preds.ToFloats().AsSpan(at, block), size, order.Inverse(), sum.AsSpan(n * block, block), true);
            }
        }
        float[] expected = mean.ToFloats();
        for (int n = 0; n < expected.Length; n++) Assert.Equal(expected[n], sum[n] / (names.Length + 1), 1e-6f);
        // The 2-D code makes a mask of it, strictly above one half.
        if (planar) Assert.Equal(NpyFile.Golden(folder + "/mask.npy").ToBytes().Select(b => b > 0), sum.Select(value => value / (names.Length + 1) > 0.5f));
    }

    private static SamplePredictor Samples(IPatchPredictor network, VoxelIndex margin, params (string Name, int[]? Swap)[] views) =>
        new([network], [1], [SampleView.Identity, .. views.Select(view => new SampleView(PatchView.Find(view.Name), view.Swap, 1))], margin);
}
