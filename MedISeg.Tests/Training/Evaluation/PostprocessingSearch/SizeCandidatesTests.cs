using MedISeg.Training.Evaluation.PostprocessingSearch;

namespace MedISeg.Tests.Training.Evaluation.PostprocessingSearch;

public sealed class SizeCandidatesTests
{
    [Fact]
    public void Of_FewSizes_LiesBetweenEachTwoInFewDigits() =>
        Assert.Equal([2, 6, 60], SizeCandidates.Of([9, 1, 3, 3, 1, 115], most: 24));

    [Fact]
    public void Of_SizesThatRoundingParts_AreOne() => Assert.Equal([2], SizeCandidates.Of([1, 1.0000000001, 3, 3.0000000001], most: 24));

    [Fact]
    public void Of_CloseSizes_TakesTheDigitsItNeeds()
    {
        double limit = Assert.Single(SizeCandidates.Of([100.01, 100.02], most: 24));
        Assert.InRange(limit, 100.0101, 100.0199);
    }

    [Fact]
    public void Of_OneSizeOrNone_IsEmpty()
    {
        Assert.Empty(SizeCandidates.Of([4, 4], most: 24));
        Assert.Empty(SizeCandidates.Of([], most: 24));
    }

    [Fact]
    public void Of_ManySizes_SpreadsOnALogarithmicScaleToBothEnds()
    {
        IReadOnlyList<double> limits = SizeCandidates.Of(Enumerable.Range(1, 2000).Select(n => (double)n), most: 5);
        Assert.Equal(5, limits.Count);
        Assert.Equal(limits.Order(), limits);
        Assert.InRange(limits[0], 1, 2);
        Assert.InRange(limits[2], 45, 65);
        Assert.InRange(limits[4], 1999, 2000);
    }
}
