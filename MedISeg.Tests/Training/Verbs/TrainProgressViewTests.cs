using MedISeg.Training.Trainers;
using MedISeg.Training.Verbs;

namespace MedISeg.Tests.Training.Verbs;

public sealed class TrainProgressViewTests
{
    [Theory]
    [InlineData(0, "0:15:00")]
    [InlineData(100, "0:30:00")]
    public void Line_EpochAfterResume_TellsTimeLeftAtThePaceOfThisProcess(int firstStep, string left)
    {
        EpochMetrics epoch = new(200, 0.001, 0.5, 0.3, 0.2, 1, 0.75, [0.9, 0.6], TimeSpan.FromMinutes(10));
        string line = TrainProgressView.Line(epoch, firstStep, 500);
        Assert.Equal($"step 200/500, 0:10:00 ({left} left), loss 0.5000 (Dice 0.3000, cross-entropy 0.2000), validation Dice 0.750 (0.900 0.600)", line);
    }

    [Fact]
    public void Plain_LongEpoch_WritesALineAMinute()
    {
        ManualTime time = new();
        List<string> lines = [];
        Action<TrainProgress> receive = TrainProgressView.Plain(100, time, lines.Add);
        for (int step = 101; step <= 106; step++)
        {
            time.Seconds += 25;
            receive(new TrainProgress(step, 500, 0.25, null));
        }
        receive(new TrainProgress(107, 500, 0.25, new EpochMetrics(107, 0.1, 0.5, double.NaN, double.NaN, 1, double.NaN, [], TimeSpan.FromHours(30))));
        Assert.Equal(
            ["step 103/500, 0:01:15 (2:45:25 left), loss 0.2500", "step 106/500, 0:02:30 (2:44:10 left), loss 0.2500", "step 107/500, 30:00:00 (1684:17:08 left), loss 0.5000"],
            lines);
    }

    private sealed class ManualTime : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
