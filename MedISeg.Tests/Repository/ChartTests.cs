using System.Diagnostics;
using System.Text.Json.Nodes;
using MedISeg.Api.Hosting;
using MedISeg.Api.Jobs.Dispatch;
using MedISeg.Tests.Support;
using static MedISeg.Tests.Repository.ChartCases;

namespace MedISeg.Tests.Repository;

/// <summary>The Helm chart, rendered as Helm does.</summary>
public sealed class ChartTests
{
    private static readonly string Checker = RepositoryRoot.Of("MedISeg.Tests", "Tools", "node", "check-kubernetes.mjs");

    [Theory]
    [MemberData(nameof(All), MemberType = typeof(ChartCases))]
    public async Task Render_AnyValues_IsWhatKubernetesAndKedaTake(string values)
    {
        // The Prometheus operator's schemas are not at hand.
        JsonNode[] objects = [.. (await ObjectsAsync(values)).Where(item => item.Kind() != "PodMonitor")];
        Assert.True(objects.Length >= 5);
        Assert.Equal("", await FaultsAsync(objects));
    }

    [Fact]
    public async Task Check_FieldsOfNoKind_AreFound()
    {
        JsonNode[] objects = await ObjectsAsync(Small);
        objects.One("Deployment", "test-mediseg-api").Container()["imge"] = "a";
        objects.One("ScaledObject", "test-mediseg-worker-only")["spec"]!["triggers"]![0]!["queue"] = "a";
        objects.One("Service", "test-mediseg")["spec"]!["ports"]![0]!["port"] = "80";
        string faults = await FaultsAsync(objects);
        foreach (string fault in (string[])["containers/0/imge: unknown", "triggers/0/queue: unknown", "spec/ports/0/port: type"]) Assert.Contains(fault, faults, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(All), MemberType = typeof(ChartCases))]
    public async Task Render_AnyValues_ReferencesAndSelectorsMeetWhatIsThere(string values)
    {
        JsonNode[] objects = await ObjectsAsync(values);
        JsonNode[] deployments = [.. objects.Of("Deployment")];
        Assert.Equal(objects.Length, objects.Select(item => item.Kind() + "/" + item.Name()).Distinct().Count());
        Assert.All(objects, item => Assert.InRange(item.Name().Length, 1, 63));
        foreach (JsonNode deployment in deployments)
        {
            JsonNode labels = deployment["spec"]!["template"]!["metadata"]!["labels"]!, selector = deployment["spec"]!["selector"]!["matchLabels"]!;
            // Each selects its own pods, and nobody else's.
            Assert.Equal(deployment, Assert.Single(deployments, other => Selects(selector, other["spec"]!["template"]!["metadata"]!["labels"]!)));
            Assert.All(labels.AsObject(), label => Assert.InRange(Text(label.Value).Length, 1, 63));
            Assert.All(Items(deployment.Pod()["topologySpreadConstraints"]), constraint => Assert.True(Selects(constraint["labelSelector"]!["matchLabels"]!, labels)));
            objects.One("ServiceAccount", Text(deployment.Pod()["serviceAccountName"]));
            Assert.Equal(
                deployment.Pod()["volumes"]!.AsArray().Select(volume => volume!.Name()).Order(StringComparer.Ordinal),
                deployment.Container()["volumeMounts"]!.AsArray().Select(mount => mount!.Name()).Order(StringComparer.Ordinal));
            foreach (JsonNode volume in Items(deployment.Pod()["volumes"]))
            {
                if (volume["secret"] is { } secret) Assert.Equal("mediseg-secrets", Text(secret["secretName"]));
                if (volume["persistentVolumeClaim"] is { } claim && Text(claim["claimName"]) is not ("shared" or "packages"))
                    Assert.Contains("ReadWriteMany", objects.One("PersistentVolumeClaim", Text(claim["claimName"]))["spec"]!["accessModes"]!.ToJsonString(), StringComparison.Ordinal);
            }
            Assert.Equal(8080, Number(Assert.Single(Items(deployment.Container()["ports"]), port => port.Name() == "http")["containerPort"]));
            foreach (string probe in (string[])["startupProbe", "livenessProbe", "readinessProbe"])
                Assert.Equal("http", Text(deployment.Container()[probe]!["httpGet"]!["port"]));
            Assert.Equal("/health/live", Text(deployment.Container()["livenessProbe"]!["httpGet"]!["path"]));
            Assert.Equal("/health/ready", Text(deployment.Container()["readinessProbe"]!["httpGet"]!["path"]));
        }
        Assert.Equal("test-mediseg-api", Assert.Single(deployments, deployment => IsSelected(objects.One("Service", "test-mediseg")["spec"]!["selector"]!, deployment)).Name());
        foreach (JsonNode ingress in objects.Of("Ingress"))
            Assert.Equal("test-mediseg", Text(ingress["spec"]!["rules"]![0]!["http"]!["paths"]![0]!["backend"]!["service"]!["name"]));
        foreach (JsonNode budget in objects.Of("PodDisruptionBudget"))
            Assert.Equal(budget.Name(), Assert.Single(deployments, deployment => IsSelected(budget["spec"]!["selector"]!["matchLabels"]!, deployment)).Name());
        Assert.Contains(objects.Of("PodDisruptionBudget").Count(), (int[])[0, deployments.Length]);
        foreach (JsonNode monitor in objects.Of("PodMonitor"))
            Assert.All(deployments, deployment => Assert.True(IsSelected(monitor["spec"]!["selector"]!["matchLabels"]!, deployment)));
    }

    [Theory]
    [MemberData(nameof(All), MemberType = typeof(ChartCases))]
    public async Task Render_AnyValues_PodsAreRestrictedAndHaveNoToken(string values)
    {
        foreach (JsonNode deployment in (await ObjectsAsync(values)).Of("Deployment"))
        {
            JsonNode pod = deployment.Pod(), container = deployment.Container();
            Assert.False(pod["automountServiceAccountToken"]!.GetValue<bool>());
            Assert.True(pod["securityContext"]!["runAsNonRoot"]!.GetValue<bool>());
            Assert.True(Number(pod["securityContext"]!["runAsUser"]) > 0);
            Assert.Equal("RuntimeDefault", Text(pod["securityContext"]!["seccompProfile"]!["type"]));
            Assert.False(container["securityContext"]!["allowPrivilegeEscalation"]!.GetValue<bool>());
            Assert.True(container["securityContext"]!["readOnlyRootFilesystem"]!.GetValue<bool>());
            Assert.Equal("[\"ALL\"]", container["securityContext"]!["capabilities"]!["drop"]!.ToJsonString());
            Assert.True(Number(pod["terminationGracePeriodSeconds"]) >= 60);
            if (values == Least) Assert.NotNull(container["resources"]!["limits"]!["memory"]);
            Assert.Matches(@":\d+\.\d+\.\d+(-cuda)?$", Text(container["image"]));
        }
    }

    [Theory]
    [MemberData(nameof(All), MemberType = typeof(ChartCases))]
    public async Task Render_AnyValues_TheServiceTakesEverySetting(string values)
    {
        using TempFolder secrets = new();
        await File.WriteAllTextAsync(Path.Combine(secrets.Path, "Data__Postgres"), "Host=db.example");
        if (values == Full)
            for (int n = 0; n < 2; n++) await File.WriteAllTextAsync(Path.Combine(secrets.Path, $"Auth__Keys__{n}__Sha256"), new string((char)('a' + n), 64));
        foreach (JsonNode deployment in (await ObjectsAsync(values)).Of("Deployment"))
        {
            DeployedSettings.AssertAccepted(deployment.Environment(), secrets.Path);
            Assert.Equal(deployment.Name().EndsWith("-api", StringComparison.Ordinal) ? "Api" : "Worker", deployment.Environment()["Jobs__Role"]);
        }
    }

    [Fact]
    public void Settings_MisspeltKey_IsRefused()
    {
        using TempFolder secrets = new();
        Assert.Throws<StartRefusedException>(() => DeployedSettings.AssertAccepted(new Dictionary<string, string> { ["Secrets__Folder"] = "a", ["Jobs__Rolle"] = "Api" }, secrets.Path));
    }

    [Fact]
    public async Task Environment_OfNestedValues_HasEachSettingAsTheServiceReadsIt()
    {
        JsonNode[] objects = await ObjectsAsync(Full);
        Dictionary<string, string> api = objects.One("Deployment", "test-mediseg-api").Environment(), gpu = objects.One("Deployment", "test-mediseg-worker-gpu").Environment();
        foreach ((string name, string value) in (Dictionary<string, string>)new()
                 {
                     ["Limits__MaxUploadBytes"] = "4294967296", ["Segmentation__sliding__overlap"] = "0.5", ["Auth__Keys__0__Scopes__0"] = "admin", ["Auth__Mode"] = "Keys",
                     ["Jobs__Retention"] = "2.00:00:00", ["Models__Pins__phantom-kidney"] = "1", ["Models__Root"] = "/models",
                 })
        {
            Assert.Equal(value, api[name]);
            Assert.Equal(value, gpu[name]);
        }
        Assert.Equal(("false", "true"), (api["Models__Preload"], gpu["Models__Preload"]));
        Assert.Equal(("phantom-kidney", "nuclei", "cuda", "4"), (gpu["Jobs__Models__0"], gpu["Jobs__Models__1"], gpu["Models__Providers__0"], gpu["Models__Batch"]));
        Assert.DoesNotContain(api.Keys, key => key.StartsWith("Jobs__Models", StringComparison.Ordinal) || key.StartsWith("Models__Providers", StringComparison.Ordinal));

        objects = await ObjectsAsync(Least + "config: { Data: { S3: { Endpoint: \"https://s3.example\", Bucket: jobs } } }");
        Assert.Equal("https://s3.example", objects.One("Deployment", "test-mediseg-api").Environment()["Data__S3__Endpoint"]);
    }

    [Fact]
    public async Task Scaling_OfPools_FollowsTheQueuesOfTheirModels()
    {
        JsonNode[] objects = await ObjectsAsync(Full);
        JsonNode scaled = objects.One("ScaledObject", "test-mediseg-worker-gpu"), broker = objects.One("TriggerAuthentication", "test-mediseg-broker");
        Assert.Equal(
            [.. new[] { "nuclei", "phantom-kidney" }.SelectMany(model => new[] { 1, 0, -1 }.Select(priority => JobQueue.Of(model, priority).Name)).Order(StringComparer.Ordinal)],
            scaled["spec"]!["triggers"]!.AsArray().Select(trigger => Text(trigger!["metadata"]!["queueName"])).Order(StringComparer.Ordinal));
        foreach (JsonNode trigger in Items(scaled["spec"]!["triggers"]))
        {
            Assert.Equal(("rabbitmq", "QueueLength", "2", "amqp", "imaging"), (Text(trigger["type"]), Text(trigger["metadata"]!["mode"]), Text(trigger["metadata"]!["value"]),
                Text(trigger["metadata"]!["protocol"]), Text(trigger["metadata"]!["vhostName"])));
            Assert.Equal(broker.Name(), Text(trigger["authenticationRef"]!["name"]));
            // The broker's password stays in the Secret.
            Assert.Null(trigger["metadata"]!["host"]);
        }
        Assert.Equal(("host", "broker", "uri"), (Text(broker["spec"]!["secretTargetRef"]![0]!["parameter"]), Text(broker["spec"]!["secretTargetRef"]![0]!["name"]),
            Text(broker["spec"]!["secretTargetRef"]![0]!["key"])));
        Assert.Equal((0, 8, 900, 15), Numbers(scaled));
        Assert.Equal((1, 5, 86400, 30), Numbers(objects.One("ScaledObject", "test-mediseg-worker-cpu")));
        Assert.Equal(3600, Number(objects.One("ScaledObject", "test-mediseg-worker-cpu")["spec"]!["advanced"]!["horizontalPodAutoscalerConfig"]!["behavior"]!["scaleDown"]!["stabilizationWindowSeconds"]));
        foreach (JsonNode each in objects.Of("ScaledObject"))
        {
            Assert.Equal(each.Name(), Text(each["spec"]!["scaleTargetRef"]!["name"]));
            // Two that say how many there shall be would fight.
            Assert.Null(objects.One("Deployment", each.Name())["spec"]!["replicas"]);
        }
        Assert.Equal(2, objects.Of("ScaledObject").Count());
        Assert.Equal(2, Number(objects.One("Deployment", "test-mediseg-worker-rest")["spec"]!["replicas"]));
        Assert.DoesNotContain(await ObjectsAsync(Least), item => item.Kind() is "ScaledObject" or "TriggerAuthentication");
        JsonNode none = (await ObjectsAsync(Least + "workers: [ { name: idle, replicas: 0 } ]")).One("Deployment", "test-mediseg-worker-idle");
        Assert.Equal(0, Number(none["spec"]!["replicas"]));
    }

    [Fact]
    public async Task Pools_WithAndWithoutGpu_AskForOneWhereTheyShould()
    {
        JsonNode[] objects = await ObjectsAsync(Full);
        foreach (JsonNode deployment in objects.Of("Deployment"))
        {
            bool gpu = deployment.Name() == "test-mediseg-worker-gpu";
            Assert.Equal(gpu, deployment.ToJsonString().Contains("nvidia.com/gpu", StringComparison.Ordinal));
            Assert.Equal(gpu ? "registry.example/mediseg:0.2.0-cuda" : "registry.example/mediseg:0.2.0", Text(deployment.Container()["image"]));
            Assert.Equal(gpu ? "nvidia" : null, deployment.Pod()["runtimeClassName"]?.GetValue<string>());
        }
        JsonNode limits = objects.One("Deployment", "test-mediseg-worker-gpu").Container()["resources"]!["limits"]!;
        Assert.Equal((1, "16Gi"), (Number(limits["nvidia.com/gpu"]), Text(limits["memory"])));
    }

    [Fact]
    public async Task Network_OfTheRelease_IsClosedButForWhatIsNamed()
    {
        JsonNode[] objects = await ObjectsAsync(Full);
        JsonNode all = objects.One("NetworkPolicy", "test-mediseg"), api = objects.One("NetworkPolicy", "test-mediseg-api");
        Assert.All(objects.Of("Deployment"), deployment => Assert.True(IsSelected(all["spec"]!["podSelector"]!["matchLabels"]!, deployment)));
        Assert.Equal("test-mediseg-api", Assert.Single(objects.Of("Deployment"), deployment => IsSelected(api["spec"]!["podSelector"]!["matchLabels"]!, deployment)).Name());
        Assert.Equal("[\"Ingress\",\"Egress\"]", all["spec"]!["policyTypes"]!.ToJsonString());
        Assert.All(Items(all["spec"]!["ingress"]).Concat(Items(api["spec"]!["ingress"])), rule =>
        {
            Assert.NotEmpty(rule["from"]!.AsArray());
            Assert.Equal("http", Text(Assert.Single(Items(rule["ports"]))["port"]));
        });
        Assert.Equal([53, 53, 443, 8042, 5432, 5671, 5672], Items(all["spec"]!["egress"]).SelectMany(rule => Items(rule["ports"])).Select(port => Number(port["port"])));

        // Nobody is named: nobody may come in.
        JsonNode closed = Assert.Single((await ObjectsAsync(Least)).Of("NetworkPolicy"));
        Assert.Null(closed["spec"]!["ingress"]);
        Assert.Equal("[\"Ingress\",\"Egress\"]", closed["spec"]!["policyTypes"]!.ToJsonString());
        Assert.Contains("networkPolicy.apiFrom", Text((await ChartTool.RenderAsync(Least))["notes"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "existingSecret must name the Secret")]
    [InlineData(Least + "config: { Data: { Postgres: Host=db } }", "Data.Postgres belongs in the Secret")]
    [InlineData(Least + "api: { config: { Data: { RabbitMq: \"amqp://a\" } } }", "Data.RabbitMq belongs in the Secret")]
    [InlineData(Least + "config: { Jobs: { Role: All } }", "Jobs.Role is set by the chart")]
    [InlineData(Least + "workers: [ { name: a, keda: { maxReplicas: 2 } } ]", "must name its models")]
    [InlineData(Least + "workers: [ { name: a }, { name: a } ]", "workers holds the name a twice")]
    [InlineData(Least + "ingress: { enabled: true }", "ingress.host must be")]
    public async Task Render_ValuesThatCannotWork_AreRefusedWithTheReason(string values, string reason)
    {
        (int code, _, string errors) = await ChartTool.TryRenderAsync(values);
        Assert.Equal(1, code);
        Assert.Contains(reason, errors, StringComparison.Ordinal);
    }

    private static bool IsSelected(JsonNode selector, JsonNode deployment) => Selects(selector, deployment["spec"]!["template"]!["metadata"]!["labels"]!);

    private static (int Least, int Most, int Cooldown, int Polling) Numbers(JsonNode scaled) => (Number(scaled["spec"]!["minReplicaCount"]), Number(scaled["spec"]!["maxReplicaCount"]),
        Number(scaled["spec"]!["cooldownPeriod"]), Number(scaled["spec"]!["pollingInterval"]));

    private static async Task<string> FaultsAsync(IEnumerable<JsonNode> objects)
    {
        string node = ExternalTool.Require("node");
        ExternalTool.RequireFile(RepositoryRoot.Of("MedISeg.Tests", "Tools", "node", "node_modules", "@kubernetes-models", "keda"), "@kubernetes-models/keda");
        using Process process = Process.Start(new ProcessStartInfo(node, [Checker]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await process.StandardInput.WriteAsync(new JsonArray([.. objects.Select(item => item.DeepClone())]).ToJsonString());
        process.StandardInput.Close();
        string faults = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return faults;
    }
}
