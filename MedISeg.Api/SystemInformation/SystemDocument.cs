namespace MedISeg.Api.SystemInformation;

/// <summary>What the service runs on.</summary>
/// <param name="Versions">Versions of what matters.</param>
/// <param name="UptimeSeconds">Time since the process started.</param>
/// <param name="Devices">What networks can run on.</param>
/// <param name="Processors">Processors.</param>
/// <param name="Memory">Memory.</param>
/// <param name="BrokerConnected">Whether the broker is there; null: none is configured.</param>
public sealed record SystemDocument(
    SystemVersions Versions, double UptimeSeconds, SystemDevices Devices, SystemProcessors Processors, SystemMemory Memory, bool? BrokerConnected);

/// <summary>Versions.</summary>
/// <param name="Software">Of this software, as reports state it.</param>
/// <param name="Runtime">Of .NET.</param>
/// <param name="OnnxRuntime">Of ONNX Runtime.</param>
/// <param name="OperatingSystem">Of the system.</param>
/// <param name="Architecture">Of the processor, such as x64.</param>
public sealed record SystemVersions(string Software, string Runtime, string OnnxRuntime, string OperatingSystem, string Architecture);

/// <summary>Devices.</summary>
/// <param name="Running">Device that networks run on: cpu or cuda; null before the first network ran.</param>
/// <param name="Wanted">Providers in the order of the configuration.</param>
/// <param name="Providers">Execution providers that ONNX Runtime was built with, best first, by its own names.</param>
/// <param name="Accelerators">NVIDIA devices that the driver shows, by model.</param>
public sealed record SystemDevices(string? Running, IReadOnlyList<string> Wanted, IReadOnlyList<string> Providers, IReadOnlyList<string> Accelerators);

/// <summary>Processors.</summary>
/// <param name="Available">Logical processors that the process may use.</param>
/// <param name="Limit">Quota of the control group in processors; null: none.</param>
/// <param name="ThreadsPerCall">Threads of one network call; 0: ONNX Runtime chooses.</param>
public sealed record SystemProcessors(int Available, double? Limit, int ThreadsPerCall);

/// <summary>Memory in bytes.</summary>
/// <param name="ResidentBytes">Resident set of the process; 0 where the system does not tell.</param>
/// <param name="PeakBytes">Largest resident set so far.</param>
/// <param name="ManagedBytes">Heap that the garbage collector holds.</param>
/// <param name="LimitBytes">Limit of the control group; null: none.</param>
/// <param name="MaxJobBytes">Largest estimate with which a job is started.</param>
public sealed record SystemMemory(long ResidentBytes, long PeakBytes, long ManagedBytes, long? LimitBytes, long MaxJobBytes);
