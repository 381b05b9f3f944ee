using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MedISeg.Tests.Support;
using static MedISeg.Tests.Repository.ChartCases;

namespace MedISeg.Tests.Repository;

/// <summary>The compose files, without an engine.</summary>
public sealed partial class ComposeTests
{
    private const string LongestJob = "14400000";

    private static readonly string Folder = RepositoryRoot.Of("deploy", "compose");

    [Theory]
    [InlineData("compose.yaml")]
    [InlineData("compose.yaml", "compose.gpu.yaml")]
    public async Task Config_ByDockerCompose_IsAccepted(params string[] files)
    {
        JsonNode read = await ConfigAsync(files);
        JsonNode worker = read["services"]!["mediseg-worker"]!;
        Assert.Equal(files.Length == 2, worker["deploy"]!["resources"]!["reservations"] is not null);
        Assert.Equal(files.Length == 2 ? "cuda" : null, worker["environment"]!["Models__Providers__0"]?.GetValue<string>());
        // An override adds to what is there.
        Assert.Equal("Worker", Text(worker["environment"]!["Jobs__Role"]));
        Assert.Null(read["services"]!["mediseg-api"]!["deploy"]!["resources"]!["reservations"]);
    }

    [Fact]
    public async Task Services_All_AreConfinedAndBounded()
    {
        foreach ((string name, JsonNode? service) in (await ComposeAsync())["services"]!.AsObject())
        {
            Assert.True(service!["read_only"]!.GetValue<bool>(), name);
            Assert.Equal("[\"ALL\"]", service["cap_drop"]!.ToJsonString());
            Assert.Equal("[\"no-new-privileges:true\"]", service["security_opt"]!.ToJsonString());
            Assert.DoesNotMatch("^(root|0)(:|$)", Text(service["user"]));
            Assert.Matches("^[1-9][0-9]*s$", Text(service["stop_grace_period"]));
            Assert.NotNull(service["healthcheck"]!["test"]);
            Assert.NotNull(service["deploy"]!["resources"]!["limits"]!["memory"]);
            Assert.NotNull(service["deploy"]!["resources"]!["limits"]!["cpus"]);
            Assert.True(Number(service["pids_limit"]) > 0);
            Assert.Matches(@":v?\d+\.\d+(\.\d+)?$", Default(Text(service["image"])));
            Assert.All(Items(service["volumes"]), volume => Assert.DoesNotContain("docker.sock", Text(volume), StringComparison.Ordinal));
            foreach (string key in (string[])["privileged", "cap_add", "network_mode", "pid", "ipc", "container_name"]) Assert.Null(service[key]);
        }
    }

    [Fact]
    public async Task References_ToServicesNetworksVolumesSecretsAndFiles_LeadSomewhere()
    {
        JsonNode compose = await ComposeAsync();
        JsonObject services = compose["services"]!.AsObject();
        HashSet<string> volumes = [], secrets = [], networks = [];
        int files = 0;
        foreach ((string name, JsonNode? service) in services)
        {
            networks.UnionWith(Names(service!["networks"]));
            secrets.UnionWith(Items(service["secrets"]).Select(Text));
            foreach ((string needed, JsonNode? how) in service["depends_on"]?.AsObject() ?? [])
            {
                Assert.Equal("service_healthy", Text(how!["condition"]));
                // What is always started must not wait for what is not.
                Assert.True(services[needed]!["profiles"] is null || service["profiles"] is not null, $"{name} waits for {needed}");
            }
            foreach (string[] volume in Items(service["volumes"]).Select(volume => Text(volume).Split(':')))
            {
                if (!volume[0].StartsWith('.'))
                {
                    volumes.Add(volume[0]);
                    continue;
                }
                files++;
                Assert.Equal("ro", volume[2]);
                if (!volume[0].StartsWith("./secrets/", StringComparison.Ordinal)) Assert.True(File.Exists(Path.Combine(Folder, volume[0])), volume[0]);
            }
            if (service["build"] is not { } build) continue;
            string context = Path.Combine(Folder, Text(build["context"]));
            Assert.True(File.Exists(Path.Combine(context, build["dockerfile"] is { } file ? Text(file) : "Dockerfile")));
        }
        Assert.True(files >= 7);
        // Each in both directions: nothing is missing, and nothing is left over.
        Assert.Equal(Names(compose["volumes"]).Order(StringComparer.Ordinal), volumes.Order(StringComparer.Ordinal));
        Assert.Equal(Names(compose["networks"]).Order(StringComparer.Ordinal), networks.Order(StringComparer.Ordinal));
        Assert.Equal(Names(compose["secrets"]).Order(StringComparer.Ordinal), secrets.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Network_OfTheDefault_ShowsNothingButTheApiOnTheLoopback()
    {
        JsonNode compose = await ComposeAsync();
        foreach ((string name, JsonNode? service) in compose["services"]!.AsObject())
        {
            string[] ports = [.. Items(service!["ports"]).Select(port => Default(Text(port)))];
            Assert.All(ports, port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));
            Assert.Equal(name is "mediseg-api" or "grafana" ? 1 : 0, ports.Length);
            if (name == "grafana") Assert.Equal("[\"monitoring\"]", service["profiles"]!.ToJsonString());
            // Only what has a port may be in the network that leads out.
            Assert.Equal(ports.Length > 0, Names(service["networks"]).Contains("front"));
            if (name is "postgres" or "rabbitmq") Assert.Equal(["stores"], Names(service["networks"]));
        }
        foreach ((string name, JsonNode? network) in compose["networks"]!.AsObject())
            Assert.Equal(name != "front", network?["internal"]?.GetValue<bool>() ?? false);
        Assert.Contains("mediseg", compose["services"]!["mediseg-api"]!["networks"]!["pacs"]!["aliases"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("http://mediseg:8080/", await File.ReadAllTextAsync(RepositoryRoot.Of("deploy", "orthanc", "orthanc.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_OfBothRoles_AreTakenByTheServiceWithTheSecretsThatAreMade()
    {
        using TempFolder folder = new();
        string secrets = Path.Combine(folder.Path, "secrets");
        await ExternalTool.OutputAsync("bash", Path.Combine(Folder, "secrets.sh"), secrets);
        JsonNode compose = await ComposeAsync(), gpu = await ChartTool.ReadAsync(Path.Combine(Folder, "compose.gpu.yaml"));
        foreach (string role in (string[])["api", "worker"])
        {
            JsonNode service = compose["services"]![$"mediseg-{role}"]!;
            string mounted = Directory.CreateDirectory(Path.Combine(folder.Path, role)).FullName;
            foreach (string secret in Items(service["secrets"]).Select(Text)) File.Copy(Path.Combine(secrets, secret), Path.Combine(mounted, secret));
            Dictionary<string, string> environment = Pairs(service["environment"]);
            if (role == "worker")
                foreach ((string name, string value) in Pairs(gpu["services"]!["mediseg-worker"]!["environment"])) environment.Add(name, value);
            DeployedSettings.AssertAccepted(environment, mounted);
            Assert.Equal(("/run/secrets", role, "Json"), (environment["Secrets__Folder"], environment["Jobs__Role"].ToLowerInvariant(), environment["Log__Format"]));
        }
        DeployedSettings.AssertAccepted(ImageEnvironment().Append(KeyValuePair.Create("Secrets__Folder", "a")), Directory.CreateDirectory(Path.Combine(folder.Path, "none")).FullName);
    }

    [Fact]
    public async Task Secrets_ThatAreMade_FitTogetherAndAreMadeOnce()
    {
        using TempFolder folder = new();
        string secrets = Path.Combine(folder.Path, "secrets"), script = Path.Combine(Folder, "secrets.sh");
        string said = await ExternalTool.OutputAsync("bash", script, secrets);
        string Read(string name) => File.ReadAllText(Path.Combine(secrets, name)).TrimEnd('\n');

        JsonNode compose = await ComposeAsync();
        Assert.All(Names(compose["secrets"]), name => Assert.Equal($"./secrets/{name}", Text(compose["secrets"]![name]!["file"])));
        Assert.Equal(
            [.. Names(compose["secrets"]).Append("rabbitmq.conf").Append("operator-key").Append("orthanc-key").Order(StringComparer.Ordinal)],
            Directory.GetFiles(secrets).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(secrets));
        Dictionary<string, string> settings = Pairs(compose["services"]!["mediseg-api"]!["environment"]);
        (string Name, string File, string Scope)[] keys = [("operator", "operator-key", "admin"), ("orthanc", "orthanc-key", "segment"), ("prometheus", "prometheus", "read")];
        for (int n = 0; n < keys.Length; n++)
        {
            Assert.Matches("^mseg_[0-9a-f]{64}$", Read(keys[n].File));
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Read(keys[n].File)))), Read($"Auth__Keys__{n}__Sha256"));
            Assert.Equal((keys[n].Name, keys[n].Scope), (settings[$"Auth__Keys__{n}__Name"], settings[$"Auth__Keys__{n}__Scopes__0"]));
            Assert.DoesNotContain(Read(keys[n].File), said, StringComparison.Ordinal);
        }
        Assert.Equal("Host=postgres;Database=mediseg;Username=mediseg;Password=" + Read("postgres"), Read("Data__Postgres"));
        Match account = Regex.Match(Read("rabbitmq.conf"), "^default_user = (.+)\ndefault_pass = ([0-9a-f]{64})$");
        Assert.Equal($"amqp://{account.Groups[1].Value}:{account.Groups[2].Value}@rabbitmq:5672", Read("Data__RabbitMq"));
        JsonNode orthanc = JsonNode.Parse(Read("orthanc.json"))!;
        Assert.Equal(Read("orthanc"), Text(orthanc["RegisteredUsers"]!["mediseg"]));
        Assert.Equal(Read("orthanc-key"), Text(orthanc["DicomWeb"]!["Servers"]!["mediseg"]!["HttpHeaders"]!["X-Api-Key"]));
        Assert.DoesNotContain("change-me", Read("orthanc.json"), StringComparison.Ordinal);

        (int code, _, string errors) = await RepositoryRoot.RunAsync("bash", script, secrets);
        Assert.Equal(1, code);
        Assert.Contains("is there", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Environment_OfTheExample_NamesEveryVariableWithItsDefault()
    {
        Dictionary<string, string> example = File.ReadAllLines(Path.Combine(Folder, ".env.example")).Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('=', 2)).ToDictionary(parts => parts[0], parts => parts[1]);
        Dictionary<string, string> used = [];
        foreach (Match variable in Variable().Matches(await File.ReadAllTextAsync(Path.Combine(Folder, "compose.yaml")))) used[variable.Groups[1].Value] = variable.Groups[2].Value;
        Assert.Equal(used.OrderBy(pair => pair.Key, StringComparer.Ordinal), example.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Files_ThatServicesRead_SayWhatTheOthersAre()
    {
        JsonNode compose = await ComposeAsync();
        Assert.Contains($"\nconsumer_timeout = {LongestJob}\n", await File.ReadAllTextAsync(Path.Combine(Folder, "rabbitmq.conf")), StringComparison.Ordinal);
        JsonNode job = Assert.Single(Items((await ChartTool.ReadAsync(Path.Combine(Folder, "monitoring", "prometheus.yml")))["scrape_configs"]));
        Assert.Equal("/run/secrets/prometheus", Text(job["authorization"]!["credentials_file"]));
        foreach (JsonNode name in Items(job["dns_sd_configs"]![0]!["names"])) Assert.Contains("metrics", Names(compose["services"]![Text(name)]!["networks"]));
        string[] mounts = [.. Items(compose["services"]!["grafana"]!["volumes"]).Select(Text)];
        string dashboards = Text((await ChartTool.ReadAsync(Path.Combine(Folder, "monitoring", "dashboards.yaml")))["providers"]![0]!["options"]!["path"]);
        Assert.Contains($"../grafana/mediseg.json:{dashboards}/mediseg.json:ro", mounts);
        Assert.Equal("http://prometheus:9090", Text((await ChartTool.ReadAsync(Path.Combine(Folder, "monitoring", "datasources.yaml")))["datasources"]![0]!["url"]));
        // The settings of Orthanc name its files as they are mounted.
        JsonNode orthanc = JsonNode.Parse(await File.ReadAllTextAsync(RepositoryRoot.Of("deploy", "orthanc", "orthanc.json")))!;
        Assert.Contains(Items(compose["services"]!["orthanc"]!["volumes"]), volume => Text(volume).Contains($":{Text(orthanc["LuaScripts"]![0])}:", StringComparison.Ordinal));
        Assert.StartsWith("/var/lib/orthanc/", Text(orthanc["StorageDirectory"]), StringComparison.Ordinal);
        Assert.True(orthanc["RemoteAccessAllowed"]!.GetValue<bool>());
        Assert.Contains("\"/run/secrets/orthanc.json\"", await File.ReadAllTextAsync(Path.Combine(Folder, "orthanc.Dockerfile")), StringComparison.Ordinal);
    }

    private static Task<JsonNode> ComposeAsync() => ChartTool.ReadAsync(Path.Combine(Folder, "compose.yaml"));

    /// <summary>The files as Docker Compose puts them together.</summary>
    private static async Task<JsonNode> ConfigAsync(string[] files)
    {
        string program = ExternalTool.Require("docker-compose");
        ChartTool.Require();
        using TempFolder folder = new();
        string merged = Path.Combine(folder.Path, "merged.yaml");
        await File.WriteAllTextAsync(merged, await ExternalTool.OutputAsync("env",
            ["MEDISEG_RUNTIME=base:1.0", program, "--env-file", Path.Combine(Folder, ".env.example"), .. files.SelectMany(file => (string[])["-f", Path.Combine(Folder, file)]), "config"]));
        return await ChartTool.ReadAsync(merged);
    }

    /// <summary>Variables that the image sets.</summary>
    private static IEnumerable<KeyValuePair<string, string>> ImageEnvironment() =>
        from line in File.ReadAllText(RepositoryRoot.Of("Dockerfile")).Replace("\\\n", " ", StringComparison.Ordinal).Split('\n')
        where line.StartsWith("ENV ASPNETCORE", StringComparison.Ordinal)
        from pair in line[4..].Split(' ', StringSplitOptions.RemoveEmptyEntries)
        select KeyValuePair.Create(pair.Split('=')[0], pair.Split('=')[1]);

    private static string[] Names(JsonNode? node) => node switch
    {
        JsonObject map => [.. map.Select(pair => pair.Key)],
        JsonArray list => [.. list.Select(item => Text(item))],
        _ => [],
    };

    private static Dictionary<string, string> Pairs(JsonNode? map) => map!.AsObject().ToDictionary(pair => pair.Key, pair => Text(pair.Value));

    /// <summary>A text with the defaults of its variables.</summary>
    private static string Default(string text) => Variable().Replace(text, "$2");

    [GeneratedRegex(@"\$\{([A-Z_]+):-([^}]*)\}")]
    private static partial Regex Variable();
}
