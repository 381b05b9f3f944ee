using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace MedISeg.Dicom.Pixels.Processes;

/// <summary>How a child is started: by the runtime that runs us, or by the decoder's own executable, with nothing of our environment but
/// what the runtime and the loader need.</summary>
internal static class DecoderCommand
{
    private const string Name = "MedISeg.Decoder";

    /// <summary>The child's managed heap holds small buffers only; frames lie in native memory.</summary>
    private const string HeapLimit = "0x4000000";

    /// <summary>The command for the decoder that lies beside this assembly.</summary>
    /// <param name="maxMemoryBytes">Most bytes of memory that the child may write to.</param>
    internal static ProcessStartInfo Create(long maxMemoryBytes)
    {
        // <root>/shared/Microsoft.NETCore.App/<version>/
        string root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        string host = Path.Combine(root, "dotnet");
        ProcessStartInfo start = File.Exists(host)
            ? new ProcessStartInfo(host, ["exec", Path.Combine(AppContext.BaseDirectory, Name + ".dll")])
            : new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, Name));
        start.ArgumentList.Add(maxMemoryBytes.ToString(CultureInfo.InvariantCulture));
        string? libraries = Environment.GetEnvironmentVariable("LD_LIBRARY_PATH");
        start.Environment.Clear();
        start.Environment["DOTNET_ROOT"] = root;
        start.Environment["DOTNET_GCHeapHardLimit"] = HeapLimit;
        // No pipes, dumps or profilers: the child writes nothing to disk.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        if (!string.IsNullOrEmpty(libraries)) start.Environment["LD_LIBRARY_PATH"] = libraries;
        start.WorkingDirectory = AppContext.BaseDirectory;
        return start;
    }
}
