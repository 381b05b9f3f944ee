using System.Net;
using System.Text.Json;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Api;

/// <summary>Keys that change in the configuration's files while the service runs.</summary>
public sealed class KeyChangeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Change_OfTheSettingsFile_HoldsWithoutARestartAndOnlyWhereItIsValid()
    {
        string file = Path.Combine(_folder.Path, "appsettings.json"), models = Path.Combine(_folder.Path, "models");
        AnalyticPackages.Write(models, ApiHost.Volumes);
        await File.WriteAllTextAsync(file, Settings("old", "kept"));
        await using ServiceProcess service = new(new Dictionary<string, string>
        {
            ["ASPNETCORE_CONTENTROOT"] = _folder.Path, ["Data:Root"] = Path.Combine(_folder.Path, "data"), ["Models:Root"] = models, ["Models:Threads"] = "1",
        });
        using HttpClient client = await service.ClientAsync();
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (await AskAsync(client, "old"), await AskAsync(client, "new")));

        await File.WriteAllTextAsync(file, Settings("kept", "new"));
        await UntilAsync(async () => await AskAsync(client, "old") == HttpStatusCode.Unauthorized);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await AskAsync(client, "kept"), await AskAsync(client, "new")));

        foreach ((string invalid, string said) in new[] { (Settings("kept")[..40], "InvalidDataException"), (Settings("kept", "kept"), "Auth:Keys holds a name twice") })
        {
            await File.WriteAllTextAsync(file, invalid);
            await UntilAsync(() => Task.FromResult(Refusals(service, said) > 0));
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await AskAsync(client, "kept"), await AskAsync(client, "new")));
        }

        await File.WriteAllTextAsync(file, Settings("kept"));
        await UntilAsync(async () => await AskAsync(client, "new") == HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(client, "kept"));
        Assert.Equal((1, 1), (Refusals(service, "InvalidDataException"), Refusals(service, "Auth:Keys holds a name twice")));
        Assert.DoesNotContain(service.Lines, line => line.Contains(TestKeys.Hash("kept"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Change_OfAMountedSecret_HoldsWithoutARestart()
    {
        // As Kubernetes mounts secrets: names are links into a folder that is a link, which is replaced.
        string secrets = Path.Combine(_folder.Path, "secrets"), data = Path.Combine(secrets, "..data");
        await PublishAsync("..1", "old");
        File.CreateSymbolicLink(data, "..1");
        foreach (string name in (string[])["Auth__Keys__0__Name", "Auth__Keys__0__Sha256"]) File.CreateSymbolicLink(Path.Combine(secrets, name), $"..data/{name}");
        await using ApiHost host = new(new Dictionary<string, string> { ["Auth:Mode"] = "keys", ["Secrets:Folder"] = secrets });
        HttpClient client = host.CreateClient();
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (await AskAsync(client, "old"), await AskAsync(client, "new")));

        await PublishAsync("..2", "new");
        File.Delete(data);
        File.CreateSymbolicLink(data, "..2");

        await UntilAsync(async () => await AskAsync(client, "new") == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(client, "old"));

        async Task PublishAsync(string version, string key)
        {
            string folder = Directory.CreateDirectory(Path.Combine(secrets, version)).FullName;
            await File.WriteAllTextAsync(Path.Combine(folder, "Auth__Keys__0__Name"), "ward");
            await File.WriteAllTextAsync(Path.Combine(folder, "Auth__Keys__0__Sha256"), TestKeys.Hash(key));
        }
    }

    private static string Settings(params string[] keys) => JsonSerializer.Serialize(new
    {
        Auth = new { Mode = "keys", Keys = keys.Select(key => new { Name = key, Sha256 = TestKeys.Hash(key), Scopes = new[] { "read" } }) },
    });

    private static int Refusals(ServiceProcess service, string reason) =>
        service.Lines.Count(line => line.Contains("the keys from before hold", StringComparison.Ordinal) && line.Contains(reason, StringComparison.Ordinal));

    private static async Task<HttpStatusCode> AskAsync(HttpClient client, string key)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/v1/models") { Headers = { { "X-Api-Key", key } } };
        using HttpResponseMessage response = await client.SendAsync(request);
        return response.StatusCode;
    }

    private static async Task UntilAsync(Func<Task<bool>> happened)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
        while (!await happened()) await Task.Delay(200, limit.Token);
    }
}
