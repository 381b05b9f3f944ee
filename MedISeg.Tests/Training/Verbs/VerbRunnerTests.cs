using System.CommandLine;
using System.ComponentModel;
using MedISeg.Training.Verbs;

namespace MedISeg.Tests.Training.Verbs;

public sealed class VerbRunnerTests
{
    [Fact]
    public void RefuseEmpty_EmptyValue_NamesTheOptionOnce()
    {
        RootCommand root = VerbRunner.RefuseEmpty(new RootCommand { TrainVerb.Create(), PrepareVerb.Create() });
        ParseResult parsed = root.Parse(["train", "--data", "", "--out", "run", "--config", "train.json"]);
        Assert.Equal("--data has an empty value; name one or leave the option out.", Assert.Single(parsed.Errors).Message);
        Assert.Empty(root.Parse(["train", "--data", "data", "--out", "run", "--resume"]).Errors);
    }

    [Theory]
    [InlineData("[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes.")]
    [InlineData("CUDA out of memory.")]
    public async Task RunAsync_TensorLibraryOutOfMemory_IsBadInput(string message) =>
        Assert.Equal(2, await VerbRunner.RunAsync(_ => throw new Win32Exception(1, message), CancellationToken.None));
}
