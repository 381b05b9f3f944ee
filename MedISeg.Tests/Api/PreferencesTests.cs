using MedISeg.Api.Segmentations;
using Microsoft.Extensions.Primitives;

namespace MedISeg.Tests.Api;

public sealed class PreferencesTests
{
    [Theory]
    [InlineData("", 20, null)]
    [InlineData("wait=7", 7, "wait=7")]
    [InlineData("wait=\"7\"", 7, "wait=7")]
    [InlineData("WAIT = 7", 7, "wait=7")]
    [InlineData("wait=0", 0, "wait=0")]
    [InlineData("wait=9999", 300, "wait=300")]
    [InlineData("wait=4294967295", 300, "wait=300")]
    [InlineData("respond-async", 0, "respond-async")]
    [InlineData("respond-async, wait=3", 3, "respond-async, wait=3")]
    [InlineData("return=minimal; x=1, wait=3, wait=5", 3, "wait=3")]
    [InlineData("wait=-1", 20, null)]
    [InlineData("wait=soon", 20, null)]
    [InlineData("wait", 20, null)]
    public void Parse_Header_GivesWaitAndWhatWasApplied(string header, int seconds, string? applied)
    {
        Preferences preferences = Preferences.Parse(new StringValues(header), TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(5));

        Assert.Equal(TimeSpan.FromSeconds(seconds), preferences.Wait);
        Assert.Equal(applied, preferences.Applied);
    }

    [Fact]
    public void Parse_SeveralHeaders_AreOneList()
    {
        Preferences preferences = Preferences.Parse(new StringValues(["respond-async", "wait=4"]), TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(5));

        Assert.Equal(new Preferences(TimeSpan.FromSeconds(4), "respond-async, wait=4"), preferences);
    }
}
