using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Resampling;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Inference.Tiling;
using MedISeg.Inference.WayBack;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference.WayBack;

[Trait("Category", "Kernel")]
public sealed class ResamplingSinkTests
{
    private const int Classes = 4;

    public static TheoryData<int, double, double, double> Grids()
    {
        TheoryData<int, double, double, double> grids = [];
        for (int axis = 0; axis < 3; axis++)
        {
            grids.Add(axis, 0.6, 0.8, 0.7); // model finer than the image
            grids.Add(axis, 2.3, 1.9, 2.1); // model coarser
            grids.Add(axis, 1, 2.2, 0.5); // mixed, one axis equal
        }
        return grids;
    }

    [Theory]
    [MemberData(nameof(Grids))]
    public void Accept_StreamedBands_EqualANaiveFullVolumeTrilinearInDouble(int axis, double k, double j, double i)
    {
        foreach (AxisOrientation order in (AxisOrientation[])[AxisOrientation.None, AxisOrientation.All().ElementAt(21), AxisOrientation.All().ElementAt(38)])
        {
            VolumeGeometry image = new(new GridSize(14, 11, 16), new Affine(new(1, 0.1, 0), new(-0.1, 1, 0), new(0, 0, 1), new(3, 4, 5)));
            VolumeGeometry model = order.Apply(image).WithSpacing(new SpacingMm(k, j, i));
            float[][] scores = RandomScores(model.Grid);
            LabelMap labels = LabelMap.Empty(image, 255);
            Stream(scores, model, axis, plan => new ResamplingSink(GridMap.Between(image, model), default, labels, plan, Decision(), 2));

            int[] seen = new int[Classes];
            int close = 0;
            PositionImages.ForEach(image, (n, mm) =>
            {
                Vector3D index = model.PatientToIndex.Apply(mm);
                double[] at = [.. scores.Select(s => PositionImages.Trilinear((z, y, x) => s[model.Grid.Offset(z, y, x)], model.Grid, index))];
                int best = Array.IndexOf(at, at.Max());
                seen[best]++;
                if (at.Where((_, c) => c != best).Any(s => at[best] - s < 1e-4)) close++;
                else Assert.Equal(best * 10, labels.Bytes[n]);
            });
            Assert.True(close < 10 && seen.All(s => s > 50), "scores must differ and every class must win somewhere");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Accept_SameVoxelsInAnyOrder_NeedNoInterpolationAndLeaveTheRestAlone(int axis)
    {
        GridSize whole = new(9, 12, 10), size = new(7, 8, 9);
        VoxelIndex start = new(1, 3, 1);
        VolumeGeometry image = VolumeGeometry.AxisAligned(whole, new SpacingMm(3, 1, 2)), block = image.Block(start, size);
        foreach (AxisOrientation order in AxisOrientation.All())
        {
            VolumeGeometry model = order.Apply(block);
            float[][] scores = RandomScores(model.Grid);
            LabelMap labels = LabelMap.Empty(image, 255);
            Stream(scores, model, axis, _ => LatticeSink.TryCreate(GridMap.Between(block, model), start, labels, Decision(), 2)!);
            PositionImages.ForEach(image, (n, mm) =>
            {
                Vector3D index = model.PatientToIndex.Apply(mm);
                (int x, int y, int z) = ((int)Math.Round(index.X), (int)Math.Round(index.Y), (int)Math.Round(index.Z));
                bool inside = x >= 0 && y >= 0 && z >= 0 && x < model.Grid.Width && y < model.Grid.Height && z < model.Grid.Depth;
                int best = 0;
                for (int c = 1; inside && c < Classes; c++)
                    if (scores[c][model.Grid.Offset(z, y, x)] > scores[best][model.Grid.Offset(z, y, x)]) best = c;
                Assert.Equal(best * 10, labels.Bytes[n]);
            });
        }
    }

    [Fact]
    public void TryCreate_GridsThatDiffer_GivesNoLatticeSink()
    {
        VolumeGeometry image = VolumeGeometry.AxisAligned(new GridSize(4, 6, 8), new SpacingMm(1, 1, 1));
        VolumeGeometry finer = image.WithSpacing(new SpacingMm(1, 1, 0.5));
        Assert.Null(LatticeSink.TryCreate(GridMap.Between(image, finer), default, LabelMap.Empty(image, 1), Decision(), 1));
    }

    private static LabelDecision Decision() => LabelDecision.For(DecisionManifests.Softmax(0, 10, 20, 30));

    private static float[][] RandomScores(GridSize grid)
    {
        Random random = new(5);
        return [.. Enumerable.Range(0, Classes).Select(_ => Enumerable.Range(0, (int)grid.VoxelCount).Select(_ => random.NextSingle()).ToArray())];
    }

    /// <summary>Sends a volume of scores through patches that overlap, as a run does.</summary>
    private static void Stream(float[][] scores, VolumeGeometry model, int axis, Func<AccumulatorPlan, IBandSink> sink)
    {
        PatchGrid grid = PatchGrid.Create(model.Grid, new GridSize(4, 4, 5), [0.5, 0.5, 0.5], PatchPlacement.Even);
        AccumulatorPlan plan = AccumulatorPlan.Along(grid, Classes, axis);
        ScoresPredictor identity = new(Classes, Classes, (patch, _, output) => patch.CopyTo(output));
        SlidingWindow.Run(scores, grid, default, plan, BlendKind.Gaussian, PaddingKind.Edge, identity, sink(plan), null, CancellationToken.None);
    }
}
