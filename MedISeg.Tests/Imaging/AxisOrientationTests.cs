using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Imaging;

public sealed class AxisOrientationTests
{
    private static readonly VolumeGeometry Oblique = new(
        new GridSize(2, 3, 5), new Affine(new(0.7, 0.1, -0.05), new(-0.1, 1.1, 0.2), new(0.1, -0.3, 2.5), new(10, -20, 30)));

    [Fact]
    public void All_Orders_Are48AndDistinct() => Assert.Equal(48, AxisOrientation.All().Distinct().Count());

    [Fact]
    public void Apply_EveryOrder_KeepsTheBoxInThePatientAndInverseUndoes()
    {
        foreach (AxisOrientation order in AxisOrientation.All())
        {
            VolumeGeometry turned = order.Apply(Oblique);
            Assert.True(order.Inverse().Apply(turned).Matches(Oblique, 1e-9));
            HashSet<int> corners = [];
            for (int c = 0; c < 8; c++)
            {
                Vector3D mm = turned.IndexToPatient.Apply(
                    (c & 1) * (turned.Grid.Width - 1), (c >> 1 & 1) * (turned.Grid.Height - 1), (c >> 2) * (turned.Grid.Depth - 1));
                Vector3D old = Oblique.PatientToIndex.Apply(mm);
                corners.Add((int)Math.Round(old.X + 10 * old.Y + 100 * old.Z));
            }
            Assert.Equal([0, 4, 20, 24, 100, 104, 120, 124], corners.Order());
        }
    }

    [Theory]
    [InlineData("LPS")]
    [InlineData("RAS")]
    [InlineData("SLA")]
    public void Towards_AnyStoredOrder_GivesTheAskedDirections(string letters)
    {
        foreach (AxisOrientation stored in AxisOrientation.All())
        {
            VolumeGeometry geometry = stored.Apply(Oblique);
            Affine turned = AxisOrientation.Towards(geometry, letters).Apply(geometry).IndexToPatient;
            for (int n = 0; n < 3; n++)
            {
                int place = "LRPASI".IndexOf(letters[n], StringComparison.Ordinal);
                double along = turned.Column(n)[place / 2];
                Assert.True(place % 2 == 0 ? along > 0 : along < 0, $"axis {n} of {letters}");
            }
        }
    }
}
