namespace MedISeg.Inference.Models;

/// <summary>A verified, warmed-up package: its manifest and one session a member.</summary>
public sealed class LoadedModel : IDisposable
{
    /// <summary>The manifest.</summary>
    public ModelManifest Manifest => throw new NotSupportedException();

    /// <summary>SHA-256 over manifest and members.</summary>
    public string Sha256 => throw new NotSupportedException();

    /// <summary>cpu or cuda.</summary>
    public string Device => throw new NotSupportedException();

    /// <inheritdoc />
    public void Dispose() { }
}
