namespace MedISeg.Tests.Support;

/// <summary>A folder of its own that goes away with the test.</summary>
public sealed class TempFolder : IDisposable
{
    /// <summary>Path of the folder.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("mediseg-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
