namespace MedISeg.Tests.Training;

/// <summary>Everything that touches tensors: one test at a time, since a step without garbage collection is process-wide.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TrainingTests : ICollectionFixture<TrainingTests.OneThread>
{
    public const string Name = "training";

    /// <summary>Results to the last bit need a fixed number of threads; more than one would also spin beside other work.</summary>
    public sealed class OneThread
    {
        public OneThread() => TorchSharp.torch.set_num_threads(1);
    }
}
