using MedISeg.Training.Data;

namespace MedISeg.Training.Pretraining;

/// <summary>Which image a sample is made of.</summary>
internal static class SampleDraw
{
    private const int Stream = 50;

    /// <summary>Draws an image and gives the random numbers that change it: they depend on seed, step and sample alone.</summary>
    /// <param name="images">At least one.</param>
    /// <param name="seed">Of the run.</param>
    /// <param name="sample">Number of the sample from the start of the run.</param>
    public static (TrainingCase Image, SeededRandom Random) Of(IReadOnlyList<TrainingCase> images, int seed, long sample)
    {
        SeededRandom random = new(seed, sample, Stream);
        TrainingCase image = images[random.NextInt(images.Count)];
        return (image, random);
    }
}
