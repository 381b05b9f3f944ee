using System.Text.Json.Nodes;
using MedISeg.Training.Ablation;

namespace MedISeg.Tests.Training.Ablation;

public sealed class OptionsOverlayTests
{
    [Theory]
    [InlineData("""{"a":{"b":1,"c":2}}""", """{"a":{"c":3}}""", """{"a":{"b":1,"c":3}}""")]
    [InlineData("""{"a":{"b":1}}""", """{"a":null}""", """{"a":null}""")]
    [InlineData("""{"a":[1,2]}""", """{"a":[3]}""", """{"a":[3]}""")]
    [InlineData("""{"loss":{"name":"CE","dice":2}}""", """{"loss":{"name":"OHEM"}}""", """{"loss":{"name":"OHEM"}}""")]
    [InlineData("""{"loss":{"name":"CE","dice":2}}""", """{"loss":{"dice":3}}""", """{"loss":{"name":"CE","dice":3}}""")]
    [InlineData("""{}""", """{"a":{"b":1}}""", """{"a":{"b":1}}""")]
    public void Merge_Objects_ChangeTheKeysThatAreNamed(string lower, string upper, string expected)
    {
        JsonObject before = Parse(lower);
        Assert.Equal(expected, OptionsOverlay.Merge(before, Parse(upper)).ToJsonString());
        Assert.Equal(lower, before.ToJsonString());
    }

    [Theory]
    [InlineData("""{"a":1}""", """{"b":1}""", false)]
    [InlineData("""{"a":{"b":1}}""", """{"a":{"c":1}}""", false)]
    [InlineData("""{"a":{"b":1}}""", """{"a":{"b":1}}""", false)]
    [InlineData("""{"a":{"b":1}}""", """{"a":{"b":2}}""", true)]
    [InlineData("""{"a":{"name":"x"}}""", """{"a":{"name":"y"}}""", true)]
    [InlineData("""{"a":{"name":"x"}}""", """{"a":{"b":1}}""", true)]
    [InlineData("""{"a":null}""", """{"a":1}""", true)]
    public void Conflict_TwoChanges_IsWhereTheyDiffer(string first, string second, bool expected)
    {
        Assert.Equal(expected, OptionsOverlay.Conflict(Parse(first), Parse(second)));
        Assert.Equal(expected, OptionsOverlay.Conflict(Parse(second), Parse(first)));
    }

    [Fact]
    public void Hash_OrderOfKeys_DoesNotMatterButThatOfItemsDoes()
    {
        Assert.Equal(OptionsOverlay.Hash(Parse("""{"a":1,"b":{"c":2,"d":[1,2]}}""")), OptionsOverlay.Hash(Parse("""{"b":{"d":[1,2],"c":2},"a":1}""")));
        Assert.NotEqual(OptionsOverlay.Hash(Parse("""{"d":[1,2]}""")), OptionsOverlay.Hash(Parse("""{"d":[2,1]}""")));
    }

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
