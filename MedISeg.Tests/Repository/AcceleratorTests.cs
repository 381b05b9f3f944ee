using System.Text.Json;

namespace MedISeg.Tests.Repository;

public sealed class AcceleratorTests
{
    [Theory]
    [InlineData("MedISeg.Inference", "cpu", "Microsoft.ML.OnnxRuntime", "Microsoft.ML.OnnxRuntime.Gpu")]
    [InlineData("MedISeg.Inference", "cuda", "Microsoft.ML.OnnxRuntime.Gpu", "Microsoft.ML.OnnxRuntime")]
    [InlineData("MedISeg.Training", "cpu", "libtorch-cpu-linux-x64", "TorchSharp-cuda-linux")]
    [InlineData("MedISeg.Training", "cuda", "TorchSharp-cuda-linux", "libtorch-cpu-linux-x64")]
    public async Task PackageReferences_Accelerator_NameItsNativePackageOnly(string project, string accelerator, string present, string absent)
    {
        (int code, string output, string errors) = await RepositoryRoot.RunAsync(
            "dotnet", "msbuild", $"{project}/{project}.csproj", "-getItem:PackageReference", $"-p:MedISegAccelerator={accelerator}");
        Assert.True(code == 0, output + errors);
        using JsonDocument document = JsonDocument.Parse(output);
        List<string> packages = [.. document.RootElement.GetProperty("Items").GetProperty("PackageReference").EnumerateArray()
            .Select(item => item.GetProperty("Identity").GetString()!)];
        Assert.Contains(present, packages);
        Assert.DoesNotContain(absent, packages);
    }

    [Theory]
    [InlineData("cpu", true)]
    [InlineData("cuda", false)]
    public async Task LockFiles_Accelerator_AreUsedForTheCpuOnly(string accelerator, bool locked)
    {
        (int code, string output, string errors) = await RepositoryRoot.RunAsync(
            "dotnet", "msbuild", "MedISeg.Inference/MedISeg.Inference.csproj", "-getProperty:RestorePackagesWithLockFile", $"-p:MedISegAccelerator={accelerator}");
        Assert.True(code == 0, output + errors);
        Assert.Equal(locked ? "true" : "", output.Trim());

        (code, output, errors) = await RepositoryRoot.RunAsync(
            "dotnet", "msbuild", "MedISeg.Inference/MedISeg.Inference.csproj", "-getProperty:RestoreLockedMode", $"-p:MedISegAccelerator={accelerator}", "-p:CI=true");
        Assert.True(code == 0, output + errors);
        Assert.Equal(locked ? "true" : "", output.Trim());
    }

    [Fact]
    public async Task Build_AcceleratorThatIsNotKnown_IsAnErrorThatNamesTheChoices()
    {
        (int code, string output, string errors) = await RepositoryRoot.RunAsync(
            "dotnet", "msbuild", "MedISeg.Inference/MedISeg.Inference.csproj", "-t:CheckAccelerator", "-p:MedISegAccelerator=rocm");
        Assert.NotEqual(0, code);
        Assert.Contains("MedISegAccelerator must be cpu or cuda; 'rocm' was given.", output + errors, StringComparison.Ordinal);
    }
}
