using MedISeg.Imaging.Intensity;

namespace MedISeg.Tests.Imaging.Intensity;

[Trait("Category", "Kernel")]
public sealed class IntensityMapTests
{
    [Fact]
    public void Apply_ClipThenAffine_RunsInOrder()
    {
        IntensityMap map = IntensityMap.Identity.ThenClip(-200, 400).ThenAffine(0.5, 1);
        float[] values = [-1000, -200, 0, 3, 400, 500];
        map.Apply(values);
        Assert.Equal([-99f, -99, 1, 2.5f, 201, 201], values);
        Assert.Equal(2.5, map.Apply(3.0));
    }

    [Fact]
    public void Then_NeighbouringAffineSteps_AreComposed()
    {
        IntensityMap first = IntensityMap.Identity.ThenAffine(2, 3).ThenAffine(5, 7);
        Assert.Equal(1, first.StepCount);
        Assert.Equal(2 * 5 * 11 + 3 * 5 + 7, first.Apply(11.0));
        IntensityMap both = first.Then(IntensityMap.Identity.ThenAffine(0.2, -2.2).ThenClip(0, 1));
        Assert.Equal(2, both.StepCount);
        Assert.Equal(1, both.Apply(11.0));
    }

    [Fact]
    public void ThenAffine_Undone_IsIdentity() => Assert.True(IntensityMap.Identity.ThenAffine(2, 4).ThenAffine(0.5, -2).IsIdentity);

    [Fact]
    public void ThenClip_Reversed_Throws() => Assert.Throws<ArgumentException>(() => IntensityMap.Identity.ThenClip(1, 0));

    [Fact]
    public void ThenAffine_NotFinite_Throws() => Assert.Throws<ArgumentException>(() => IntensityMap.Identity.ThenAffine(double.NaN, 0));
}
