using System.Diagnostics;
using System.Runtime.InteropServices;
using MedISeg.Api.Auth;
using MedISeg.Api.Hosting;
using MedISeg.Api.Jobs;
using MedISeg.Api.Jobs.Dispatch;
using MedISeg.Api.Options;
using MedISeg.Inference.Models;
using MedISeg.Inference.Reports;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.SystemInformation;

/// <summary>What the service runs on, for those who run it.</summary>
internal static class SystemEndpoints
{
    private const string Driver = "/proc/driver/nvidia/gpus";

    /// <summary>Maps <c>/v1/system</c>.</summary>
    public static void MapSystem(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/v1/system").WithTags("Health").MapGet("", Get).WithName("getSystem").Produces<SystemDocument>().RequireScope(Scopes.Admin);

    /// <summary>Says what the service runs on</summary>
    /// <remarks>Versions, devices, processors and memory, with the limits of the container as the service sees them.</remarks>
    private static JsonHttpResult<SystemDocument> Get(
        [FromServices] ModelState state, [FromServices] ControlGroup group, [FromServices] IOptions<ModelOptions> models, [FromServices] IOptions<LimitOptions> limits,
        [FromServices] Broker broker, [FromServices] TimeProvider time)
    {
        ModelCatalogOptions catalog = models.Value.ToCatalogOptions(group);
        using Process process = Process.GetCurrentProcess();
        return TypedResults.Json(
            new SystemDocument(
                new SystemVersions(RunRecipe.CodeVersion, RuntimeInformation.FrameworkDescription, OnnxRuntimeInformation.Version,
                    RuntimeInformation.OSDescription, RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()),
                Math.Round((time.GetUtcNow() - process.StartTime.ToUniversalTime()).TotalSeconds, 1),
                new SystemDevices(state.Device, catalog.Providers, OnnxRuntimeInformation.Providers, Accelerators(Driver)),
                new SystemProcessors(Environment.ProcessorCount, group.Processors, catalog.Threads),
                new SystemMemory(ProcessMemory.ResidentBytes, ProcessMemory.PeakBytes, GC.GetTotalMemory(forceFullCollection: false),
                    group.MemoryBytes, limits.Value.MemoryWithin(group)),
                broker.IsConfigured ? broker.Link is not null : null),
            ApiJson.Options);
    }

    /// <summary>Models of the NVIDIA devices that a driver's folder shows; none without a driver.</summary>
    internal static IReadOnlyList<string> Accelerators(string driver) => !Directory.Exists(driver)
        ? []
        : [.. from gpu in Directory.GetDirectories(driver).Order(StringComparer.Ordinal)
              let information = Path.Combine(gpu, "information")
              where File.Exists(information)
              from line in File.ReadLines(information)
              where line.StartsWith("Model:", StringComparison.Ordinal)
              select line["Model:".Length..].Trim()];
}
