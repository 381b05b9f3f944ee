using System.Text.Json.Serialization;
using System.Text.Json;
using MedISeg.Imaging.Geometry;

namespace MedISeg.Inference.Options;

/// <summary>Options of a request, of a package (its defaults) and of the server; docs/schemas/options.schema.json. Null means: not said here.</summary>
public sealed record SegmentationOptions
{
    /// <summary>How options are written: camelCase keys, kebab-case values, unknown keys refused.</summary>
    public static JsonSerializerOptions Json { get; } = CreateJson();

    /// <summary>Patches and their blending.</summary>
    public SlidingWindowOptions? SlidingWindow { get; init; }

    /// <summary>How a 2-D package goes through a volume.</summary>
    public SliceOptions? Slices { get; init; }

    /// <summary>Test-time augmentation.</summary>
    public TtaOptions? Tta { get; init; }

    /// <summary>Members and how they are merged.</summary>
    public EnsembleOptions? Ensemble { get; init; }

    /// <summary>Post-processors in order.</summary>
    public IReadOnlyList<PostprocessingStep>? Postprocessing { get; init; }

    /// <summary>Names of the classes to return; null: all.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>What to make besides the report.</summary>
    public IReadOnlyList<OutputKind>? Outputs { get; init; }

    /// <summary>UIDs of DICOM results.</summary>
    public UidPolicy? Uids { get; init; }

    /// <summary>What DICOM results leave out. The most that request, package and server say holds.</summary>
    public DeidentificationPolicy? Deidentify { get; init; }

    /// <summary>What to do with irregular geometry.</summary>
    public GeometryPolicy? Geometry { get; init; }

    /// <summary>Which stack of a DICOM upload of several, from 1; null: there must be one.</summary>
    public int? Stack { get; init; }

    /// <summary>Units of the values of PET series.</summary>
    public PetUnits? PetUnits { get; init; }

    /// <summary>What to do with a modality or body part that is not the model's.</summary>
    public MismatchPolicy? ModalityMismatch { get; init; }

    private static JsonSerializerOptions CreateJson()
    {
        JsonSerializerOptions options = new(JsonSerializerDefaults.Web)
        {
            NumberHandling = JsonNumberHandling.Strict,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            PropertyNameCaseInsensitive = false,
            AllowOutOfOrderMetadataProperties = true,
        };
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false));
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
