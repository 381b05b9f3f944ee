using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Metrics;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Imaging.Metrics;

public sealed class SegmentationScoresTests
{
    [Fact]
    public void Compare_TwoLabels_CountsEachAlone()
    {
        LabelMap prediction = TestLabels.Plane("112..", "1122.", "....."), truth = TestLabels.Plane("111..", "1112.", "...2.");
        SegmentationScores one = SegmentationScores.Compare(prediction, truth, 1), two = SegmentationScores.Compare(prediction, truth, 2);
        Assert.Equal(new Overlap(4, 0, 2, 9), one.Overlap);
        Assert.Equal((0.8, 2 / 3.0, 1.0, 2 / 3.0), (one.Dice, one.Recall, one.Precision, one.Iou));
        Assert.Equal(new Overlap(1, 2, 1, 11), two.Overlap);
        Assert.Equal((0.4, 0.5, 1 / 3.0, 0.25), (two.Dice, two.Recall, two.Precision, two.Iou));
        Assert.Equal(new Overlap(7, 0, 1, 7), SegmentationScores.Compare(prediction, truth, [1, 2]).Overlap);
        Assert.Equal(new Overlap(7, 0, 1, 7), SegmentationScores.Compare(prediction, truth, labels: null).Overlap);
    }

    [Fact]
    public void Compare_BothEmpty_IsUndefined()
    {
        LabelMap empty = TestLabels.Plane("1.1", "...");
        SegmentationScores scores = SegmentationScores.Compare(empty, empty, 2);
        Assert.Equal((null, null, null, null), (scores.Dice, scores.Recall, scores.Precision, scores.Iou));
    }

    [Fact]
    public void Compare_OneEmpty_IsZeroWhereItIsDefined()
    {
        LabelMap empty = TestLabels.Plane("..."), full = TestLabels.Plane("111");
        SegmentationScores missed = SegmentationScores.Compare(empty, full, 1), invented = SegmentationScores.Compare(full, empty, 1);
        Assert.Equal((0.0, 0.0, null, 0.0), (missed.Dice, missed.Recall, missed.Precision, missed.Iou));
        Assert.Equal((0.0, null, 0.0, 0.0), (invented.Dice, invented.Recall, invented.Precision, invented.Iou));
    }

    [Fact]
    public void Compare_WideAndNarrow_EqualsNarrow()
    {
        LabelMap a = TestLabels.Random(new GridSize(2, 3, 5), 2, 0.5, 1), b = TestLabels.Random(new GridSize(2, 3, 5), 2, 0.5, 2);
        SegmentationScores expected = SegmentationScores.Compare(a, b, 2);
        Assert.True(expected.Dice is > 0 and < 1);
        Assert.Equal(expected, SegmentationScores.Compare(TestLabels.Wide(a), b, 2));
        Assert.Equal(expected, SegmentationScores.Compare(a, TestLabels.Wide(b), 2));
        Assert.Equal(expected, SegmentationScores.Compare(TestLabels.Wide(a), TestLabels.Wide(b), 2));
    }

    [Fact]
    public void Compare_OtherGeometry_IsRefused()
    {
        LabelMap map = TestLabels.Plane("1.");
        LabelMap moved = new(map.Geometry.Block(new VoxelIndex(0, 0, 1), map.Geometry.Grid), [1, 0]);
        SegmentationException refused = Assert.Throws<SegmentationException>(() => SegmentationScores.Compare(map, moved, 1));
        Assert.Equal(ErrorCode.InvalidGeometry, refused.Code);
    }
}
