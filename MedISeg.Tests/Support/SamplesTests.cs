using CsCheck;

namespace MedISeg.Tests.Support;

public sealed class SamplesTests
{
    [Fact]
    public void Check_Twice_DrawsTheSameSamplesAndNotOneOverAndOver()
    {
        List<int> first = [], second = [];
        Gen.Int[0, 1_000_000].Check(50, first.Add);
        Gen.Int[0, 1_000_000].Check(50, second.Add);
        Assert.Equal(first, second);
        Assert.Equal(50, first.Distinct().Count());
    }

    [Fact]
    public void Check_PropertyThatFails_NamesTheSeed()
    {
        Exception e = Assert.ThrowsAny<Exception>(() => Gen.Int[0, 1000].Check(200, n => Assert.True(n < 900)));
        Assert.Contains("seed", e.Message, StringComparison.OrdinalIgnoreCase);
    }
}
