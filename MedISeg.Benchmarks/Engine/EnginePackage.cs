using System.Security.Cryptography;
using System.Text.Json;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;

namespace MedISeg.Benchmarks.Engine;

/// <summary>A package of one network in a folder of its own.</summary>
internal static class EnginePackage
{
    /// <summary>Writes and loads a package; the process that does one work keeps it to its end.</summary>
    /// <param name="onnx">The network.</param>
    /// <param name="patch">Sides of a patch, (k, j, i) or (j, i).</param>
    /// <param name="classes">Output channels.</param>
    /// <param name="spacing">Spacing of the model grid in mm, as <paramref name="patch"/>; null: the image's.</param>
    /// <param name="domain">What is averaged.</param>
    public static LoadedModel Load(byte[] onnx, IReadOnlyList<int> patch, int classes, IReadOnlyList<double>? spacing, ScoreDomain domain)
    {
        string root = Directory.CreateTempSubdirectory("mediseg-bench-").FullName;
        try
        {
            string folder = Directory.CreateDirectory(Path.Combine(root, "speed", "1")).FullName;
            File.WriteAllBytes(Path.Combine(folder, "member-0.onnx"), onnx);
            ModelManifest manifest = Manifest(patch, classes, spacing, domain) with
            {
                Members = [new ModelMember { File = "member-0.onnx", Sha256 = Convert.ToHexStringLower(SHA256.HashData(onnx)) }],
            };
            File.WriteAllText(Path.Combine(folder, "model.json"), JsonSerializer.Serialize(manifest, SegmentationOptions.Json));
            ModelCatalog catalog = new(new ModelCatalogOptions { Root = root, Providers = ["cpu"], Threads = Environment.ProcessorCount });
            return catalog.Load("speed", "1", CancellationToken.None);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    /// <summary>A manifest without members.</summary>
    /// <inheritdoc cref="Load" path="/param"/>
    public static ModelManifest Manifest(IReadOnlyList<int> patch, int classes, IReadOnlyList<double>? spacing, ScoreDomain domain) => new()
    {
        SchemaVersion = 1, Name = "speed", Version = "1", Task = "speed", IntendedUse = "speed", Licence = "Apache-2.0", Dimensionality = patch.Count,
        Inputs = [new ModelInput { Name = "image" }],
        Grid = new ModelGrid { Orientation = null, Spacing = spacing },
        Intensity = [],
        Network = new ModelNetwork { PatchSize = patch, Activation = ActivationKind.Softmax, Domain = domain },
        Classes = [.. Enumerable.Range(0, classes).Select(id => new ModelClass { Id = id, Name = $"class-{id}" })],
        Members = [],
        Views = new ModelViews { Allowed = [] },
    };
}
