using System.Globalization;
using MedISeg.Benchmarks.Targets;
using MedISeg.Training.Data;
using MedISeg.Training.Networks;
using MedISeg.Training.Optimisation;
using MedISeg.Training.Trainers;

namespace MedISeg.Benchmarks.Training;

/// <summary>A process that does one training step a line of its input and answers with a line: CPU seconds, loss, peak memory in KiB.</summary>
internal static class StepServer
{
    /// <summary>First argument of such a process.</summary>
    public const string Verb = "training-step";

    /// <summary>Serves until the input ends.</summary>
    /// <param name="work">One of <see cref="StepWork"/>.</param>
    /// <param name="precision">A <see cref="Precision"/>.</param>
    public static int Run(string work, string precision)
    {
        TrainOptions options = StepWork.Options(work) with { Precision = Enum.Parse<Precision>(precision) };
        TorchSharp.torch.set_num_threads(options.Threads);
        Network network = Network.Of(options.NetworkWithChannels());
        using NetworkWeights weights = new(network.Parameters, trainable: true);
        weights.Initialise(options.Seed);
        using TrainingCase source = StepWork.Case(options, options.Patch());
        using BatchLoader loader = new([source], [new SampleMaker(options)], options.BatchSize, options.Seed, 0, options.Steps);
        using TrainingStep step = new(options, network, null, weights, new WeightUpdater(weights, options.Optimiser));
        for (int n = 0; Console.ReadLine() is not null; n++)
        {
            double start = ThreadClock.Seconds;
            double loss = step.Run(loader, n, options.Optimiser.LearningRate).Loss;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ThreadClock.Seconds - start} {loss} {ProcessStatus.PeakKiB}"));
        }
        return 0;
    }
}
