using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Metrics;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Imaging.Metrics;

public sealed class ForegroundCropTests
{
    private static readonly GridSize Grid = new(6, 7, 9);

    [Fact]
    public void Of_TwoMaps_IsTheUnionsBoxWithAMarginAndItsPlaceInMm()
    {
        byte[] one = new byte[Grid.VoxelCount], other = new byte[Grid.VoxelCount];
        one[Grid.Offset(2, 3, 4)] = 7;
        other[Grid.Offset(3, 3, 6)] = 1;
        LabelMap[] cut = ForegroundCrop.Of(TestLabels.Map(Grid, one), TestLabels.Wide(TestLabels.Map(Grid, other), raise: 300));
        Assert.All(cut, map => Assert.Equal(new GridSize(4, 3, 5), map.Geometry.Grid));
        Assert.Equal(7, cut[0][1, 1, 1]);
        Assert.Equal(301, cut[1][2, 1, 3]);
        // Voxel (1, 2, 3) at spacing (2, 1, 0.5).
        Assert.Equal(new Vector3D(1.5, 2, 2), cut[0].Geometry.IndexToPatient.Origin);
    }

    [Fact]
    public void Of_LabelsAtTheBorder_EndsWithTheGrid()
    {
        byte[] one = new byte[Grid.VoxelCount];
        one[0] = one[^1] = 1;
        Assert.Equal(Grid, ForegroundCrop.Of(TestLabels.Map(Grid, one))[0].Geometry.Grid);
        byte[] corner = new byte[Grid.VoxelCount];
        corner[^1] = 1;
        Assert.Equal(new GridSize(2, 2, 2), ForegroundCrop.Of(TestLabels.Map(Grid, corner))[0].Geometry.Grid);
        Assert.Equal(new GridSize(2, 2, 2), ForegroundCrop.Of(TestLabels.Map(Grid, new byte[Grid.VoxelCount]))[0].Geometry.Grid);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Of_RandomMaps_KeepsSurfacesAndObjects(int seed)
    {
        LabelMap truth = Sparse(seed), prediction = Sparse(seed + 10);
        LabelMap[] cut = ForegroundCrop.Of(truth, prediction);
        Assert.Equal(SurfaceScores.Compare(prediction, truth, 1, 1), SurfaceScores.Compare(cut[1], cut[0], 1, 1));
        Assert.Equal(ObjectScores.Compare(prediction, truth, [1], 26), ObjectScores.Compare(cut[1], cut[0], [1], 26));
        Assert.True(cut[0].Geometry.Grid.VoxelCount < Grid.VoxelCount);
    }

    private static LabelMap Sparse(int seed)
    {
        LabelMap map = TestLabels.Random(Grid, largest: 2, background: 0.4, seed);
        for (int k = 0; k < Grid.Depth; k++)
            for (int j = 0; j < Grid.Height; j++)
                for (int i = 0; i < Grid.Width; i++)
                    if (k < 2 || i > 6) map.Bytes[(int)Grid.Offset(k, j, i)] = 0;
        return map;
    }
}
