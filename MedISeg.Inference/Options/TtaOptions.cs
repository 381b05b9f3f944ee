namespace MedISeg.Inference.Options;

/// <summary>Test-time augmentation.</summary>
public sealed record TtaOptions
{
    /// <summary>Views averaged with the identity, e.g. <c>flip-i</c>, <c>rot90-ji-1</c>. Default none.</summary>
    public IReadOnlyList<string>? Views { get; init; }

    /// <summary>A named list of views; excludes <see cref="Views"/>.</summary>
    public TtaPreset? Preset { get; init; }

    /// <summary>Views that change intensities and move nothing, e.g. <c>gamma-0.8</c>, averaged with the others. Default none.</summary>
    public IReadOnlyList<string>? Intensity { get; init; }

    /// <summary>One positive weight a view: the identity, then the views in order, then those of intensity; scaled to sum 1; null: equal.</summary>
    public IReadOnlyList<double>? Weights { get; init; }
}

/// <summary>A named list of views.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(TtaPresetConverter))]
public enum TtaPreset
{
    /// <summary>Flips of rows and columns, rot90 k = 1, 2, 3 (6 views with the identity).</summary>
    Mediseg2d,
    /// <summary>Flips of three axes, rot90 k = 1, 2, 3 in (j, i) (7 views with the identity).</summary>
    Mediseg3d,
    /// <summary>All products of flips that the package allows.</summary>
    Flips,
}

/// <summary>Writes presets in lower case: kebab-case would cut "mediseg2d" at the digit.</summary>
internal sealed class TtaPresetConverter()
    : System.Text.Json.Serialization.JsonStringEnumConverter<TtaPreset>(new LowerCase(), allowIntegerValues: false)
{
    private sealed class LowerCase : System.Text.Json.JsonNamingPolicy
    {
        public override string ConvertName(string name) => name.ToLowerInvariant();
    }
}
