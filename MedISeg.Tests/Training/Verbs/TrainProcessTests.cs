using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Tests.Repository;
using MedISeg.Tests.Support;
using MedISeg.Training.Optimisation;
using MedISeg.Training.Trainers;

namespace MedISeg.Tests.Training.Verbs;

/// <summary>The verb <c>train</c> as a process of its own: signals, the end in the middle of a write, and a file system without room. Each
/// time the resumed run must end with the bytes of an uninterrupted one.</summary>
public sealed class TrainProcessTests(TrainProcessTests.WholeRun whole) : IClassFixture<TrainProcessTests.WholeRun>, IDisposable
{
    private readonly TempFolder _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public async Task Train_InterruptThenResume_EndsAsAnUninterruptedRun()
    {
        using (Process process = whole.Start(Run, whole.Config))
        {
            await ReadEpochsAsync(process, 1);
            await KillAsync(process, "-INT");
            string rest = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(130, process.ExitCode);
            Assert.Contains("continue with --resume", rest, StringComparison.Ordinal);
        }
        await whole.EndAsync(Run, "--resume");
        AssertEqualsWhole(Run);
    }

    [Fact]
    public async Task Train_KilledInTheMiddleOfSavingThenResume_EndsAsAnUninterruptedRun()
    {
        string mkfifo = ExternalTool.Require("mkfifo"), unfinished = Path.Combine(Run, "checkpoints", "last.safetensors.tmp");
        byte[] begun = new byte[1000];
        using (Process process = whole.Start(Run, whole.Config))
        {
            await ReadEpochsAsync(process, 2);
            // The file of the next checkpoint becomes a pipe, of which we read the beginning only; it cannot be made while the trainer has one.
            while ((await RepositoryRoot.RunAsync(mkfifo, unfinished)).Code != 0) Assert.False(process.HasExited);
            using FileStream pipe = new(unfinished, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            await pipe.ReadExactlyAsync(begun, TestContext.Current.CancellationToken);
            await KillAsync(process, "-KILL");
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(137, process.ExitCode);
        }
        // What a file would hold.
        File.Delete(unfinished);
        File.WriteAllBytes(unfinished, begun);
        await whole.EndAsync(Run, "--resume");
        AssertEqualsWhole(Run);
        Assert.False(File.Exists(unfinished));
    }

    [Fact]
    public async Task Train_FileSystemFillsUpThenResume_EndsAsAnUninterruptedRun()
    {
        string unshare = ExternalTool.Require("unshare"), small = Path.Combine(_root.Path, "small");
        Directory.CreateDirectory(small);
        Assert.SkipUnless((await RepositoryRoot.RunAsync(unshare, "-rm", "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small)).Code == 0,
            "system: mounting a file system in a namespace of one's own is not permitted here");
        // There is room for two checkpoints: the first epoch stores the newest and the best, and not the newest again.
        long room = new FileInfo(Path.Combine(whole.Run, "checkpoints", "last.safetensors")).Length * 5 / 2;
        string train = $"dotnet {WholeRun.Trainer} train --data {whole.Data} --out {small}/run";
        string output = await ExternalTool.OutputAsync(unshare, "-rm", "sh", "-e", "-c", $"""
            mount -t tmpfs -o size={room} tmpfs {small}
            code=0
            {train} {string.Join(' ', whole.Config)} 2>&1 || code=$?
            echo "code $code"
            ls {small}/run/checkpoints
            mount -o remount,size=16m {small}
            {train} --resume
            cp -r {small}/run {Run}
            """);
        Assert.Contains("The checkpoint of step 10 could not be written", output, StringComparison.Ordinal);
        Assert.Contains("code 2\nbest.safetensors\nlast.safetensors\n", output, StringComparison.Ordinal);
        AssertEqualsWhole(Run);
    }

    private string Run => Path.Combine(_root.Path, "run");

    private void AssertEqualsWhole(string run)
    {
        foreach (string file in (string[])["last.safetensors", "best.safetensors"])
            Assert.Equal(File.ReadAllBytes(Path.Combine(whole.Run, "checkpoints", file)), File.ReadAllBytes(Path.Combine(run, "checkpoints", file)));
        string[] metrics = Metrics(run);
        Assert.Equal(12, metrics.Length);
        Assert.Equal(Metrics(whole.Run), metrics);
    }

    /// <summary>The columns that do not depend on the machine's speed.</summary>
    private static string[] Metrics(string run) =>
        [.. File.ReadAllLines(Path.Combine(run, "metrics.csv"))[1..].Select(line => string.Join(',', line.Split(',')[..8]))];

    private static async Task ReadEpochsAsync(Process process, int count)
    {
        while (count > 0)
        {
            string? line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            Assert.NotNull(line);
            if (line.StartsWith("step ", StringComparison.Ordinal)) count--;
        }
    }

    private static async Task KillAsync(Process process, string signal) =>
        await ExternalTool.OutputAsync("kill", signal, process.Id.ToString(CultureInfo.InvariantCulture));

    /// <summary>Data, options, and the run that nothing disturbs.</summary>
    public sealed class WholeRun : IAsyncLifetime
    {
        private readonly TempFolder _root = new();

        public static string Trainer { get; } = Path.Combine(AppContext.BaseDirectory, "MedISeg.Training.dll");

        public string Data => Path.Combine(_root.Path, "data");

        public string Run => Path.Combine(_root.Path, "run");

        public string[] Config => ["--config", Path.Combine(_root.Path, "train.json")];

        public async ValueTask InitializeAsync()
        {
            ToyCases.Write(Data, 3, n => new GridSize(9 + n, 10, 12));
            // A network whose checkpoint does not fit into the buffer of a pipe.
            TrainOptions options = ToyCases.Options with
            {
                Steps = 120, StepsPerEpoch = 10, Folds = 3, Network = ToyCases.Options.Network with { Features = [8, 24] },
                Optimiser = new OptimiserOptions { LearningRate = 1e-3 },
            };
            File.WriteAllText(Config[1], JsonSerializer.Serialize(options, SegmentationOptions.Json));
            await EndAsync(Run, Config);
        }

        public ValueTask DisposeAsync()
        {
            _root.Dispose();
            return ValueTask.CompletedTask;
        }

        /// <summary>Starts to train. Tests may run where interrupts are ignored, which a child would inherit.</summary>
        public Process Start(string run, params string[] more) => RepositoryRoot.Start(ExternalTool.Require("env"), null, [.. Arguments(run, more)]);

        /// <summary>Trains to the end.</summary>
        public async Task EndAsync(string run, params string[] more) => await ExternalTool.OutputAsync(ExternalTool.Require("env"), [.. Arguments(run, more)]);

        private IEnumerable<string> Arguments(string run, string[] more) =>
            ["--default-signal=INT", "dotnet", Trainer, "train", "--data", Data, "--out", run, .. more];
    }
}
