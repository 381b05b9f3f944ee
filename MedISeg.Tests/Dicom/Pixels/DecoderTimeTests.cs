using MedISeg.Dicom.Pixels;

namespace MedISeg.Tests.Dicom.Pixels;

public sealed class DecoderTimeTests
{
    [Theory]
    [InlineData(0L, 30, 5)]
    [InlineData(40L << 20, 30, 15)]
    [InlineData(1L << 30, 30, 30)]
    [InlineData(0L, 2, 2)]
    public void TimeFor_Frame_GrowsWithItsSizeUpToTheLimit(long bytes, int limitSeconds, int expectedSeconds) => Assert.Equal(
        TimeSpan.FromSeconds(expectedSeconds), new DecoderOptions { Timeout = TimeSpan.FromSeconds(limitSeconds) }.TimeFor(bytes));
}
