using MedISeg.Inference.Models;

namespace MedISeg.Tests.Inference.WayBack;

/// <summary>Manifests that differ only in how scores become labels.</summary>
internal static class DecisionManifests
{
    public static ModelManifest Softmax(params int[] ids) => Create(ActivationKind.Softmax, ScoreDomain.Probabilities, 0.5, ids, null);

    public static ModelManifest Create(ActivationKind activation, ScoreDomain domain, double threshold, int[] ids, IReadOnlyList<ModelRegion>? regions) => new()
    {
        SchemaVersion = 1, Name = "decision", Version = "1", Task = "t", IntendedUse = "t", Licence = "t", Dimensionality = 3,
        Inputs = [new ModelInput { Name = "x" }],
        Grid = new ModelGrid(),
        Intensity = [],
        Network = new ModelNetwork { PatchSize = [2, 3, 5], Activation = activation, Domain = domain, Threshold = threshold },
        Classes = [.. ids.Select(id => new ModelClass { Id = id, Name = $"class-{id}" })],
        Regions = regions,
        Members = [],
        Views = new ModelViews { Allowed = [] },
    };
}
