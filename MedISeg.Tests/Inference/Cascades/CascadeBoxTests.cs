using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Cascades;
using MedISeg.Inference.Models;
using MedISeg.Tests.Inference.WayBack;

namespace MedISeg.Tests.Inference.Cascades;

public sealed class CascadeBoxTests
{
    /// <summary>Along k 2.5 mm from centre to centre, but 2 mm from plane to plane; along j 1 and 0.8.</summary>
    private static readonly VolumeGeometry Sheared = new(new GridSize(24, 25, 26), new Affine(new(1, 0, 0), new(0, 1, 0), new(0, 1.5, 2), default));

    [Fact]
    public void Propose_ShearedGrid_MeasuresTheMarginAcrossPlanes()
    {
        ushort[] labels = new ushort[Sheared.Grid.VoxelCount];
        labels[Sheared.Grid.Offset(12, 11, 10)] = 400;
        ModelManifest manifest = DecisionManifests.Softmax(0, 1) with
        {
            Grid = new ModelGrid { Order = [PreprocessingStep.Normalise] },
            Cascade = new ModelCascade { Model = "low", Version = "1", Labels = [400], MarginMm = 5 },
        };
        Assert.Equal(new VoxelBox(new VoxelIndex(9, 4, 5), new GridSize(7, 15, 11)), CascadeBox.Propose(new LabelMap(Sheared, labels), manifest, 0));
        labels[Sheared.Grid.Offset(12, 11, 10)] = 399;
        Assert.Null(CascadeBox.Propose(new LabelMap(Sheared, labels), manifest, 0));
    }
}
