using MedISeg.Inference.Options;
using MedISeg.Inference.Prediction;
using MedISeg.Inference.Tiling;
using MedISeg.Inference.Uncertainty;

namespace MedISeg.Inference.Models;

/// <summary>A verified, warmed-up package: its manifest and one session a member. Safe for several runs at a time.</summary>
public sealed class LoadedModel : IDisposable
{
    private readonly IReadOnlyList<IPatchPredictor> _members;
    private readonly IReadOnlyList<OnnxNetwork> _networks;
    private readonly UnmanagedGrowth _growth = new();
    private bool _disposed;

    internal LoadedModel(
        ModelManifest manifest, string sha256, string device, IReadOnlyList<IPatchPredictor> members, long activationPeakBytes,
        WindowSettings window, IReadOnlyList<OnnxNetwork> networks, long fileBytes)
    {
        Bytes = fileBytes + activationPeakBytes;
        Window = window;
        Manifest = manifest;
        Sha256 = sha256;
        Device = device;
        ActivationPeakBytes = activationPeakBytes;
        _members = members;
        _networks = networks;
    }

    /// <summary>The manifest.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>SHA-256 over manifest and members.</summary>
    public string Sha256 { get; }

    /// <summary>cpu or cuda.</summary>
    public string Device { get; }

    /// <summary>Bytes that the process grew by while one patch ran at load; at least the patch's input and output.</summary>
    public long ActivationPeakBytes { get; }

    /// <summary>Bytes that the package takes while it is loaded: those of its networks' files, and <see cref="ActivationPeakBytes"/>.</summary>
    public long Bytes { get; }

    /// <summary>The package that proposes the box this one works in; null: it has none. Not disposed with this one.</summary>
    public LoadedModel? FirstStage { get; internal set; }

    /// <summary>Threads and patches a network call.</summary>
    internal WindowSettings Window { get; }

    /// <summary>A predictor with its own buffers, for one run: the views of all members where they are averaged, else of one of them.</summary>
    /// <param name="options">Members and views.</param>
    /// <param name="voter">Place among the chosen members of the one that votes; not read where they are averaged.</param>
    internal IPatchPredictor CreatePredictor(EffectiveOptions options, int voter)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        SampleView[] views =
        [
            SampleView.Identity with { Weight = options.ViewWeights[0] },
            .. options.Views.Select((view, n) => new SampleView(view, LabelSwap.Channels(Manifest, view), options.ViewWeights[n + 1])),
            .. options.IntensityViews.Select((view, n) => new SampleView(null, null, options.ViewWeights[options.Views.Count + n + 1], view)),
        ];
        return options.MergeBy == MergeKind.Mean
            ? new SamplePredictor(
                [.. options.Members.Select(m => _members[m])], options.Weights, views, Manifest.Margin(), UncertaintyRun.Statistics(Manifest, options))
            : new SamplePredictor([_members[options.Members[voter]]], [1], views, Manifest.Margin());
    }

    /// <summary>To be called after each run: opens sessions anew where memory outside .NET has grown from run to run.</summary>
    internal void EndRun()
    {
        if (!_growth.Note(UnmanagedGrowth.Bytes)) return;
        foreach (OnnxNetwork network in _networks) network.TryRenew();
    }

    /// <summary>Closes the sessions; no run may be under way.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        foreach (OnnxNetwork network in _networks) network.Dispose();
    }
}
