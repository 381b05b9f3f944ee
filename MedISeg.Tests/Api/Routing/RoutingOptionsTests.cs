using MedISeg.Api.Pacs;
using MedISeg.Api.Routing;
using MedISeg.Tests.Repository;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace MedISeg.Tests.Api.Routing;

public sealed class RoutingOptionsTests
{
    [Fact]
    public void Validate_WholeRule_Succeeds() => Assert.True(Validate(
        new RoutingRule { Name = "ct", Match = Match("Modality", "CT"), Model = "kidney@2", Destination = "main", Options = "{\"uids\":\"stable\"}" }).Succeeded);

    [Fact]
    public void Validate_EveryFault_IsNamedAtOnce()
    {
        ValidateOptionsResult result = Validate(
            new RoutingRule { Name = "a b", Priority = 101, Destination = "other", Options = "{\"foo\":1}" },
            new RoutingRule { Name = "ct", Model = "m", Match = Match("Modality", "(") }, new RoutingRule { Name = "ct", Model = "m", Match = Match("Foo", "a") });
        foreach (string part in (string[])["Rules:0:Name must", "Rules:0:Model", "Rules:0:Match must", "Rules:0:Priority", "Rules:0:Destination", "Rules:0:Options: foo",
                     "Rules:1:Match: The condition", "Rules:2:Match: 'Foo'", "Rules:2:Name is that"])
            Assert.Contains(part, result.FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_SettingsOfTheSample_LackNothingButTheSecret()
    {
        IConfiguration sample = new ConfigurationBuilder().AddJsonFile(RepositoryRoot.Of("deploy", "orthanc", "appsettings.Production.json")).Build();
        PacsOptions pacs = sample.GetSection("Pacs").Get<PacsOptions>(binder => binder.ErrorOnUnknownConfiguration = true)!;
        RoutingOptions routing = sample.GetSection("Routing").Get<RoutingOptions>(binder => binder.ErrorOnUnknownConfiguration = true)!;
        Assert.True(new RoutingRulesValidator(Options.Create(pacs)).Validate(null, routing).Succeeded);
        Assert.Equal("Pacs:Archives:orthanc: there is no file /run/secrets/orthanc.", new ArchivesValidator().Validate(null, pacs).FailureMessage);
    }

    private static Dictionary<string, string> Match(string keyword, string condition) => new() { [keyword] = condition };

    private static ValidateOptionsResult Validate(params RoutingRule[] rules)
    {
        PacsOptions pacs = new() { Archives = new Dictionary<string, ArchiveOptions> { ["main"] = new() { Url = new Uri("http://pacs.test/") } } };
        return new RoutingRulesValidator(Options.Create(pacs)).Validate(null, new RoutingOptions { Rules = rules });
    }
}
