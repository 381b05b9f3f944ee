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
}
