using System.Globalization;
using System.Text.Json.Nodes;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Repository;

/// <summary>Values with which the chart is rendered, and questions to what comes of it.</summary>
internal static class ChartCases
{
    /// <summary>The least that the chart wants.</summary>
    public const string Least = "existingSecret: mediseg-secrets\n";

    /// <summary>Every part of the chart at once.</summary>
    public const string Full = """
        existingSecret: mediseg-secrets
        image: { repository: registry.example/mediseg, tag: 0.2.0 }
        imagePullSecrets: [ { name: registry } ]
        config:
          Auth: { Keys: [ { Name: operator, Scopes: [ admin ] }, { Name: prometheus, Scopes: [ read ] } ] }
          Limits: { MaxUploadBytes: 4294967296, MaxMemoryBytes: 17179869184 }
          Jobs: { QueueLength: 1000, Retention: "2.00:00:00" }
          Models: { Pins: { phantom-kidney: "1" }, Preload: true }
          Segmentation: { sliding: { overlap: 0.5 } }
        data: { existingClaim: shared }
        models: { existingClaim: packages }
        api:
          replicas: 3
          config: { Models: { Preload: false } }
          podAnnotations: { example.org/note: "yes" }
          affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [ { weight: 1, podAffinityTerm: { topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { a: b } } } } ] } }
        workers:
          - name: cpu
            models: [ hippocampus ]
            replicas: 0
            resources: { requests: { cpu: 2 }, limits: { memory: 8Gi } }
            keda: { minReplicas: 1, maxReplicas: 5, jobsPerReplica: 3, cooldownSeconds: 86400, pollingSeconds: 30 }
          - name: gpu
            models: [ phantom-kidney, nuclei ]
            gpu: 1
            image: { tag: 0.2.0-cuda }
            runtimeClassName: nvidia
            resources: { limits: { memory: 16Gi } }
            config: { Models: { Providers: [ cuda ], Batch: 4 } }
            nodeSelector: { nvidia.com/gpu.present: "true" }
            tolerations: [ { key: nvidia.com/gpu, operator: Exists, effect: NoSchedule } ]
            keda: { maxReplicas: 8 }
          - name: rest
            replicas: 2
            terminationGracePeriodSeconds: 120
        keda: { protocol: amqp, vhostName: imaging, hostSecret: { name: broker, key: uri } }
        ingress: { enabled: true, className: nginx, host: mediseg.example, tlsSecret: mediseg-tls, annotations: { nginx.ingress.kubernetes.io/proxy-body-size: 4g } }
        podMonitor: { enabled: true, labels: { release: prometheus } }
        networkPolicy:
          apiFrom: [ { namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: ingress-nginx } } } ]
          metricsFrom: [ { namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: monitoring } }, podSelector: { matchLabels: { app: prometheus } } } ]
          egress: { pacs: { to: [ { ipBlock: { cidr: 10.1.2.3/32 } } ], ports: [ 443, 8042 ] } }

        """;

    /// <summary>A pool that goes down to none, with the chart's own volume and without the parts that can be left out.</summary>
    public const string Small = """
        existingSecret: mediseg-secrets
        data: { size: 10Gi, storageClassName: nfs }
        workers: [ { name: only, models: [ nuclei ], keda: {} } ]
        networkPolicy: { enabled: false }
        podDisruptionBudget: { enabled: false }

        """;

    /// <summary>All of them.</summary>
    public static TheoryData<string> All => [Least, Full, Small];

    /// <summary>Renders values.</summary>
    /// <returns>The objects, without the files that they come from.</returns>
    public static async Task<JsonNode[]> ObjectsAsync(string values) =>
        [.. (await ChartTool.RenderAsync(values))["objects"]!.AsArray().Select(item => item!["object"]!)];

    /// <summary>Kind of an object.</summary>
    public static string Kind(this JsonNode item) => Text(item["kind"]);

    /// <summary>Name of an object, or of anything that has a <c>name</c>.</summary>
    public static string Name(this JsonNode item) => Text(item["metadata"]?["name"] ?? item["name"]);

    /// <summary>Those of one kind.</summary>
    public static IEnumerable<JsonNode> Of(this IEnumerable<JsonNode> objects, string kind) => objects.Where(item => item.Kind() == kind);

    /// <summary>The one of a kind and name.</summary>
    public static JsonNode One(this IEnumerable<JsonNode> objects, string kind, string name) => Assert.Single(objects.Of(kind), item => item.Name() == name);

    /// <summary>What a Deployment's pods are made of.</summary>
    public static JsonNode Pod(this JsonNode deployment) => deployment["spec"]!["template"]!["spec"]!;

    /// <summary>The one container of a Deployment's pods.</summary>
    public static JsonNode Container(this JsonNode deployment) => Assert.Single(deployment.Pod()["containers"]!.AsArray())!;

    /// <summary>Environment of a Deployment's container.</summary>
    public static Dictionary<string, string> Environment(this JsonNode deployment) =>
        deployment.Container()["env"]!.AsArray().ToDictionary(item => item!.Name(), item => Text(item!["value"]));

    /// <summary>A text.</summary>
    public static string Text(JsonNode? node) => node!.GetValue<string>();

    /// <summary>A whole number.</summary>
    public static int Number(JsonNode? node) => int.Parse(node!.ToJsonString(), CultureInfo.InvariantCulture);

    /// <summary>The elements of a list; none where it is absent.</summary>
    public static IEnumerable<JsonNode> Items(JsonNode? node) => node?.AsArray().Select(item => item!) ?? [];

    /// <summary>Whether labels hold all of a selector's.</summary>
    public static bool Selects(JsonNode selector, JsonNode labels) =>
        selector.AsObject().Count > 0 && selector.AsObject().All(label => labels[label.Key] is { } value && Text(value) == Text(label.Value));
}
