using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json.Serialization;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Inference.Reports;

namespace MedISeg.Inference.Postprocessing;

/// <summary>The post-processors by name; runs a list of steps in order.</summary>
public sealed class Postprocessors
{
    private static readonly FrozenDictionary<Type, string> Names = typeof(PostprocessingStep).GetCustomAttributes<JsonDerivedTypeAttribute>()
        .ToFrozenDictionary(derived => derived.DerivedType, derived => (string)derived.TypeDiscriminator!);

    private readonly FrozenDictionary<string, IPostprocessor> _byName;

    /// <summary>Registers post-processors.</summary>
    /// <exception cref="ArgumentException">Two have one name, or an operation of the options has none.</exception>
    public Postprocessors(IEnumerable<IPostprocessor> postprocessors)
    {
        Dictionary<string, IPostprocessor> byName = new(StringComparer.Ordinal);
        foreach (IPostprocessor postprocessor in postprocessors) byName.Add(postprocessor.Name, postprocessor);
        foreach (string name in Names.Values)
            if (!byName.ContainsKey(name)) throw new ArgumentException($"No post-processor is named {name}.", nameof(postprocessors));
        _byName = byName.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>All that this project holds.</summary>
    public static Postprocessors Default { get; } = new(
    [
        new KeepLargestComponent(), new RemoveSmallComponents(), new FillHoles(), new KeepComponents(), new ConditionalComponents(), new ApplyMorphology(),
        new SmoothLabels(),
    ]);

    /// <summary>Spelling of a step's operation.</summary>
    public static string NameOf(PostprocessingStep step) => Names[step.GetType()];

    /// <summary>Changes a label map in place, step by step.</summary>
    /// <param name="labels">The label map on the source grid.</param>
    /// <param name="steps">Steps in order.</param>
    /// <param name="cancellationToken">Checked before each step.</param>
    /// <returns>One entry a step.</returns>
    /// <exception cref="Imaging.Errors.SegmentationException">InvalidOption: a parameter does not fit the map.</exception>
    public IReadOnlyList<PostprocessingChange> Apply(LabelMap labels, IReadOnlyList<PostprocessingStep> steps, CancellationToken cancellationToken)
    {
        List<PostprocessingChange> changes = new(steps.Count);
        foreach (PostprocessingStep step in steps)
        {
            cancellationToken.ThrowIfCancellationRequested();
            changes.Add(_byName[NameOf(step)].Apply(labels, step));
        }
        return changes;
    }
}
