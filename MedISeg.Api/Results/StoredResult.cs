using MedISeg.Api.Jobs;

namespace MedISeg.Api.Results;

/// <summary>What a succeeded job stored.</summary>
/// <param name="Folder">Folder with the artifacts.</param>
/// <param name="Input">Kind of its input.</param>
/// <param name="Report">Run report, JSON.</param>
/// <param name="Output">What of it is wanted: <see cref="ResultOutputs.Labels"/> or a map.</param>
internal sealed record StoredResult(string Folder, InputKind Input, string Report, string Output = ResultOutputs.Labels)
{
    /// <summary>NIfTI artifact of what is wanted.</summary>
    public string Nifti => ResultArtifacts.Nifti(Output);

    /// <summary>Whether the job made what is wanted.</summary>
    public bool Exists => File.Exists(Path.Combine(Folder, Nifti));

    /// <summary>Opens an artifact for asynchronous reading; the caller disposes it.</summary>
    public FileStream Open(string name) =>
        new(Path.Combine(Folder, name), FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
}
