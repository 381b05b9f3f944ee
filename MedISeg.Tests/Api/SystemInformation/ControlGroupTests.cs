using System.Net;
using System.Text.Json.Nodes;
using MedISeg.Api.Options;
using MedISeg.Api.SystemInformation;
using MedISeg.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api.SystemInformation;

/// <summary>Limits of a container, from folders as Linux makes them.</summary>
public sealed class ControlGroupTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("max 100000", "max", null, null, 0)]
    [InlineData("150000 100000", "8589934592", 1.5, 8589934592L, 2)]
    [InlineData("50000 100000", "1073741824", 0.5, 1073741824L, 1)]
    [InlineData("nonsense", "", null, null, 0)]
    public void Read_VersionTwo_IsWhatTheGroupSays(string cpu, string memory, double? processors, long? bytes, int threads)
    {
        Write("fs/cpu.max", cpu);
        Write("fs/memory.max", memory);

        ControlGroup group = Read("0::/\n");

        Assert.Equal((processors, bytes), (group.Processors, group.MemoryBytes));
        Assert.Equal(Math.Min(threads, Environment.ProcessorCount), group.Threads);
    }

    [Fact]
    public void Read_NestedGroups_TakesTheLeastOfAllAbove()
    {
        Write("fs/a/cpu.max", "100000 50000");
        Write("fs/a/memory.max", "4096000");
        Write("fs/a/b/cpu.max", "max 100000");
        Write("fs/a/b/memory.max", "8192000");
        Write("fs/other/memory.max", "1000");

        Assert.Equal(new ControlGroup(2, 4096000), Read("0::/a/b\n"));
    }

    [Fact]
    public void Read_GroupOfTheHostThatTheContainerDoesNotSee_IsTheMount()
    {
        Write("fs/cpu.max", "300000 100000");
        Write("fs/memory.max", "123456789");

        Assert.Equal(new ControlGroup(3, 123456789), Read("0::/kubepods/pod1/container2\n"));
        Assert.Equal(new ControlGroup(3, 123456789), Read("0::/../outside\n"));
    }

    [Fact]
    public void Read_VersionOne_IsWhatTheControllersSay()
    {
        Write("fs/cpu,cpuacct/cpu.cfs_quota_us", "-1");
        Write("fs/cpu,cpuacct/cpu.cfs_period_us", "100000");
        Write("fs/cpu,cpuacct/docker/x/cpu.cfs_quota_us", "250000");
        Write("fs/cpu,cpuacct/docker/x/cpu.cfs_period_us", "100000");
        Write("fs/memory/memory.limit_in_bytes", "9223372036854771712");
        Write("fs/memory/docker/x/memory.limit_in_bytes", "2147483648");

        Assert.Equal(new ControlGroup(2.5, 2147483648), Read("5:cpu,cpuacct:/docker/x\n4:memory:/docker/x\n1:name=systemd:/docker/x\n"));
    }

    [Fact]
    public void Read_NoGroups_IsWithoutLimits() =>
        Assert.Equal(new ControlGroup(null, null), ControlGroup.Read(Path.Combine(_folder.Path, "nothing"), Path.Combine(_folder.Path, "nobody")));

    [Fact]
    public void Threads_OfTheConfiguration_GoBeforeTheQuota()
    {
        Assert.Equal(7, new ModelOptions { Threads = 7 }.ToCatalogOptions(new ControlGroup(1, null)).Threads);
        Assert.Equal(1, new ModelOptions().ToCatalogOptions(new ControlGroup(0.2, null)).Threads);
        Assert.Equal(0, new ModelOptions().ToCatalogOptions(new ControlGroup(null, null)).Threads);
    }

    [Fact]
    public async Task Job_AboveTheMemoryOfTheContainer_IsRefused()
    {
        Write("fs/cpu.max", "100000 100000");
        Write("fs/memory.max", (100L << 20).ToString(System.Globalization.CultureInfo.InvariantCulture));
        ControlGroup small = Read("0::/\n");
        await using ApiHost host = new(services: services => services.AddSingleton(small));
        HttpClient client = host.CreateClient();

        using HttpResponseMessage refused = await client.PostAsync(Form(TestImages.SmallNifti()), prefer: "wait=60");
        JsonNode system = JsonNode.Parse(await client.GetStringAsync("/v1/system"))!;

        // The runtime alone is estimated at 256 MiB.
        await ProblemAsync(refused, HttpStatusCode.RequestEntityTooLarge, "too-large", "the limit is 100 MiB");
        Assert.Equal((100L << 20, 100L << 20), ((long)system["memory"]!["limitBytes"]!, (long)system["memory"]!["maxJobBytes"]!));
        Assert.Equal(1, (double)system["processors"]!["limit"]!);
    }

    [Fact]
    public async Task System_OfAServiceThatRan_TellsVersionsDevicesAndMemory()
    {
        await using ApiHost host = new(services: services => services.AddSingleton(new ControlGroup(null, null)));
        HttpClient client = host.CreateClient();
        using (HttpResponseMessage done = await client.PostAsync(Form(TestImages.SmallNifti()), prefer: "wait=60")) Assert.Equal(HttpStatusCode.Created, done.StatusCode);

        JsonNode system = JsonNode.Parse(await client.GetStringAsync("/v1/system"))!;

        Assert.StartsWith(".NET 10.", (string)system["versions"]!["runtime"]!, StringComparison.Ordinal);
        Assert.Matches(@"^1\.\d+\.\d+", (string)system["versions"]!["onnxRuntime"]!);
        Assert.Equal("cpu", (string)system["devices"]!["running"]!);
        Assert.Contains("CPUExecutionProvider", system["devices"]!["providers"]!.AsArray().Select(provider => (string)provider!));
        Assert.Equal(Environment.ProcessorCount, (int)system["processors"]!["available"]!);
        Assert.Equal(1, (int)system["processors"]!["threadsPerCall"]!);
        JsonNode memory = system["memory"]!;
        Assert.InRange((long)memory["residentBytes"]!, 20 << 20, (long)memory["peakBytes"]!);
        Assert.True((long)memory["managedBytes"]! > 0 && memory["limitBytes"] is null);
        Assert.Equal(16L << 30, (long)memory["maxJobBytes"]!);
        Assert.True((double)system["uptimeSeconds"]! > 0);
    }

    [Fact]
    public void Accelerators_OfTheDriversFolder_AreItsModels()
    {
        Write("gpus/0000:01:00.0/information", "Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:   12\n");
        Write("gpus/0000:02:00.0/information", "Model: \t NVIDIA T4\n");

        Assert.Equal(["NVIDIA H100 80GB HBM3", "NVIDIA T4"], SystemEndpoints.Accelerators(Path.Combine(_folder.Path, "gpus")));
        Assert.Empty(SystemEndpoints.Accelerators(Path.Combine(_folder.Path, "none")));
    }

    private ControlGroup Read(string membership)
    {
        Write("membership", membership);
        return ControlGroup.Read(Path.Combine(_folder.Path, "fs"), Path.Combine(_folder.Path, "membership"));
    }

    private void Write(string name, string text)
    {
        string path = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
