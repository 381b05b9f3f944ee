using MedISeg.Inference.Options;
using MedISeg.Inference.Prediction;

namespace MedISeg.Inference.Models;

/// <summary>A verified, warmed-up package: its manifest and one session a member. Safe for several runs at a time.</summary>
public sealed class LoadedModel : IDisposable
{
    private readonly IReadOnlyList<IPatchPredictor> _members;
    private readonly IReadOnlyList<IDisposable> _owned;
    private bool _disposed;

    internal LoadedModel(
        ModelManifest manifest, string sha256, string device, IReadOnlyList<IPatchPredictor> members, long activationPeakBytes,
        IReadOnlyList<IDisposable> owned)
    {
        Manifest = manifest;
        Sha256 = sha256;
        Device = device;
        ActivationPeakBytes = activationPeakBytes;
        _members = members;
        _owned = owned;
    }

    /// <summary>The manifest.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>SHA-256 over manifest and members.</summary>
    public string Sha256 { get; }

    /// <summary>cpu or cuda.</summary>
    public string Device { get; }

    /// <summary>Bytes that the process grew by while one patch ran at load; at least the patch's input and output.</summary>
    public long ActivationPeakBytes { get; }

    /// <summary>The package that proposes the box this one works in; null: it has none. Not disposed with this one.</summary>
    public LoadedModel? FirstStage { get; internal set; }

    /// <summary>The chosen members and views as one predictor with its own buffers, for one run.</summary>
    internal IPatchPredictor CreatePredictor(EffectiveOptions options)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        MeanPredictor members = new([.. options.Members.Select(m => _members[m])], options.Weights);
        int[]?[] swaps = [.. options.Views.Select(view => LabelSwap.Channels(Manifest, view))];
        return new ViewPredictor(members, options.Views, swaps, Manifest.Margin());
    }

    /// <summary>Closes the sessions; no run may be under way.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        foreach (IDisposable owned in _owned) owned.Dispose();
    }
}
