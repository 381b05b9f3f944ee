using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Inference.Models;
using MedISeg.Inference.Prediction;

namespace MedISeg.Inference.Options;

/// <summary>Options as they hold for one run: merged, checked against the package, nothing left open.</summary>
public sealed record EffectiveOptions
{
    /// <summary>Fraction of a patch shared with its neighbour, in [0, 1): three values (k, j, i); the first is 0 in 2-D.</summary>
    public required IReadOnlyList<double> Overlap { get; init; }

    /// <summary>How patch starts are placed.</summary>
    public required PatchPlacement Positions { get; init; }

    /// <summary>Weights over a patch.</summary>
    public required BlendKind Blend { get; init; }

    /// <summary>How an image smaller than the patch is extended.</summary>
    public required PaddingKind Padding { get; init; }

    /// <summary>Whether the network is spared empty patches.</summary>
    public required bool SkipEmpty { get; init; }

    /// <summary>Axis across the slices of a 2-D package in a volume: 0 = k, 1 = j, 2 = i in its orientation.</summary>
    public required int SliceAxis { get; init; }

    /// <summary>Views that are averaged with the identity, in order.</summary>
    public required IReadOnlyList<PatchView> Views { get; init; }

    /// <summary>Views that change intensities, averaged with the others, in order.</summary>
    public required IReadOnlyList<IntensityView> IntensityViews { get; init; }

    /// <summary>One weight for the identity, then one a view, then one an intensity view; sum 1.</summary>
    public required IReadOnlyList<double> ViewWeights { get; init; }

    /// <summary>Places of the members in the package, from 0, in order.</summary>
    public required IReadOnlyList<int> Members { get; init; }

    /// <summary>How members are merged.</summary>
    public required MergeKind MergeBy { get; init; }

    /// <summary>One weight a member, sum 1.</summary>
    public required IReadOnlyList<double> Weights { get; init; }

    /// <summary>Post-processors in order.</summary>
    public required IReadOnlyList<PostprocessingStep> Postprocessing { get; init; }

    /// <summary>Class ids to return, ascending, without 0.</summary>
    public required IReadOnlyList<int> Labels { get; init; }

    /// <summary>What to make besides the report.</summary>
    public required IReadOnlyList<OutputKind> Outputs { get; init; }

    /// <summary>Uncertainty maps among the outputs, in the order of <see cref="OutputKind"/>.</summary>
    public IEnumerable<OutputKind> Maps => Outputs.Where(kind => kind.IsMap()).Order();

    /// <summary>UIDs of DICOM results.</summary>
    public required UidPolicy Uids { get; init; }

    /// <summary>What to do with irregular geometry.</summary>
    public required GeometryPolicy Geometry { get; init; }

    /// <summary>Units of the values of PET series.</summary>
    public required PetUnits PetUnits { get; init; }

    /// <summary>Which stack of a DICOM upload of several, from 1; null: there must be one.</summary>
    public int? Stack { get; init; }

    /// <summary>What to do with a modality or body part that is not the model's.</summary>
    public required MismatchPolicy ModalityMismatch { get; init; }

    /// <summary>The same as an options object with every key said: what a recipe holds, and what repeats the run.</summary>
    public required SegmentationOptions Options { get; init; }

    /// <summary>Merges key by key: request over package over server over built-in defaults.</summary>
    /// <remarks>A list replaces a list. A level that sets views clears a preset and weights below, and a preset the same; one that sets intensity views clears weights below; a
    /// level that sets members, or merges by staple, clears weights below.</remarks>
    public static SegmentationOptions Merge(SegmentationOptions? requested, SegmentationOptions? package, SegmentationOptions? server) =>
        OptionsMerger.Over(requested, OptionsMerger.Over(package, OptionsMerger.Over(server, OptionsMerger.BuiltIn)));

    /// <summary>Merges and checks against a package. Needs no loaded network: call it before a job is queued.</summary>
    /// <param name="requested">Of the request; null: none.</param>
    /// <param name="manifest">The package; its defaults take part.</param>
    /// <param name="server">Of the server; null: none.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/> or <see cref="ErrorCode.ViewNotAllowed"/>, with one
    /// entry a faulty key.</exception>
    public static EffectiveOptions Create(SegmentationOptions? requested, ModelManifest manifest, SegmentationOptions? server) =>
        OptionsResolver.Resolve(Merge(requested, manifest.Defaults, server), manifest);
}
