using System.Text.Json.Nodes;

namespace MedISeg.Tests.Api;

/// <summary>The examples of documents that the service sends keep to their schemas, as those of the files it reads do.</summary>
public sealed class SchemaExampleTests
{
    [Theory]
    [InlineData("job", "state")]
    [InlineData("problem", "code")]
    public void Example_FitsItsSchema_AndWithoutARequiredMemberNoMore(string name, string required)
    {
        string text = Schemas.Text(Path.Combine("examples", name + ".json"));

        Assert.Empty(Schemas.Faults(name, text));

        JsonObject without = JsonNode.Parse(text)!.AsObject();
        Assert.True(without.Remove(required));
        Assert.Contains(Schemas.Faults(name, without.ToJsonString()), fault => fault.Contains(required, StringComparison.Ordinal));
    }
}
