using MedISeg.Imaging.Errors;

namespace MedISeg.Tests.Imaging.Formats;

internal static class Refusal
{
    /// <summary>The action is refused with this code and a sentence that names the cause.</summary>
    public static void Is(ErrorCode code, string mentions, Action action)
    {
        SegmentationException refusal = Assert.Throws<SegmentationException>(action);
        Assert.Equal(code, refusal.Code);
        Assert.Contains(mentions, refusal.Message, StringComparison.Ordinal);
    }
}
