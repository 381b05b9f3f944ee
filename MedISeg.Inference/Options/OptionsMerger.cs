using MedISeg.Imaging.Geometry;

namespace MedISeg.Inference.Options;

/// <summary>Merges options key by key; a list replaces, it is never appended.</summary>
internal static class OptionsMerger
{
    /// <summary>What holds where nobody said anything.</summary>
    public static SegmentationOptions BuiltIn { get; } = new()
    {
        SlidingWindow = new SlidingWindowOptions
        {
            Overlap = [0.5],
            Positions = PatchPlacement.Even,
            Blend = BlendKind.Gaussian,
            Padding = PaddingKind.Constant,
            SkipEmpty = false,
        },
        Slices = new SliceOptions { Axis = SliceAxis.K },
        Tta = new TtaOptions { Views = [], Intensity = [] },
        Ensemble = new EnsembleOptions { Merge = MergeKind.Mean },
        Postprocessing = [],
        Outputs = [OutputKind.Labels],
        Uids = UidPolicy.New,
        Deidentify = DeidentificationPolicy.None,
        Geometry = GeometryPolicy.Reject,
        PetUnits = PetUnits.Stored,
        ModalityMismatch = MismatchPolicy.Reject,
    };

    /// <summary>Every key of <paramref name="upper"/> that is not null, else that of <paramref name="lower"/>.</summary>
    public static SegmentationOptions Over(SegmentationOptions? upper, SegmentationOptions? lower)
    {
        if (upper is null || lower is null) return upper ?? lower ?? new SegmentationOptions();
        return new SegmentationOptions
        {
            SlidingWindow = Over(upper.SlidingWindow, lower.SlidingWindow),
            Slices = upper.Slices?.Axis is null ? lower.Slices : upper.Slices,
            Tta = Over(upper.Tta, lower.Tta),
            Ensemble = Over(upper.Ensemble, lower.Ensemble),
            Postprocessing = upper.Postprocessing ?? lower.Postprocessing,
            Labels = upper.Labels ?? lower.Labels,
            Outputs = upper.Outputs ?? lower.Outputs,
            Uids = upper.Uids ?? lower.Uids,
            // Nobody may ask for less than another level wants.
            Deidentify = upper.Deidentify > lower.Deidentify ? upper.Deidentify : lower.Deidentify ?? upper.Deidentify,
            Geometry = upper.Geometry ?? lower.Geometry,
            Stack = upper.Stack ?? lower.Stack,
            PetUnits = upper.PetUnits ?? lower.PetUnits,
            ModalityMismatch = upper.ModalityMismatch ?? lower.ModalityMismatch,
        };
    }

    private static SlidingWindowOptions? Over(SlidingWindowOptions? upper, SlidingWindowOptions? lower) =>
        upper is null || lower is null ? upper ?? lower : new SlidingWindowOptions
        {
            Overlap = upper.Overlap ?? lower.Overlap,
            Positions = upper.Positions ?? lower.Positions,
            Blend = upper.Blend ?? lower.Blend,
            Padding = upper.Padding ?? lower.Padding,
            SkipEmpty = upper.SkipEmpty ?? lower.SkipEmpty,
        };

    private static TtaOptions? Over(TtaOptions? upper, TtaOptions? lower)
    {
        if (upper is null || lower is null) return upper ?? lower;
        // Views and preset are two spellings of one list: whoever says one of them overrules both below. Weights belong to the views
        // that they were written for.
        TtaOptions views = upper is { Views: null, Preset: null } ? lower : upper;
        bool same = upper is { Views: null, Preset: null, Intensity: null };
        return views with { Intensity = upper.Intensity ?? lower.Intensity, Weights = upper.Weights ?? (same ? lower.Weights : null) };
    }

    private static EnsembleOptions? Over(EnsembleOptions? upper, EnsembleOptions? lower) =>
        upper is null || lower is null ? upper ?? lower : new EnsembleOptions
        {
            Members = upper.Members ?? lower.Members,
            Merge = upper.Merge ?? lower.Merge,
            // Weights belong to the members that they were written for; staple finds its own.
            Weights = upper.Weights ?? (upper is { Members: null, Merge: not MergeKind.Staple } ? lower.Weights : null),
        };
}
