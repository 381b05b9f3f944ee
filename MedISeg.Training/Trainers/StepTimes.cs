using System.Globalization;

namespace MedISeg.Training.Trainers;

/// <summary>Where the time of steps went; sums.</summary>
/// <param name="Steps">How many.</param>
/// <param name="Seconds">From taking the batch to the new weights.</param>
/// <param name="LoaderBusySeconds">What the loader's threads together spent on making batches, beside the steps.</param>
/// <param name="LoaderWaitSeconds">The part of <paramref name="Seconds"/> that was spent on waiting for a batch.</param>
internal readonly record struct StepTimes(int Steps, double Seconds, double LoaderBusySeconds, double LoaderWaitSeconds)
{
    /// <summary>Above this share of waiting a user is told how to avoid it.</summary>
    private const double MuchWaiting = 0.1;

    /// <summary>The times of the steps after an earlier moment.</summary>
    public StepTimes Since(StepTimes earlier) => new(
        Steps - earlier.Steps, Seconds - earlier.Seconds, LoaderBusySeconds - earlier.LoaderBusySeconds, LoaderWaitSeconds - earlier.LoaderWaitSeconds);

    /// <summary>A sentence for the end of a run.</summary>
    public string Text()
    {
        double waited = LoaderWaitSeconds / Seconds;
        string advice = waited > MuchWaiting ? " More loaderThreads, a --cache on a faster disk or fewer augmentations would help." : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"{Seconds / Steps:G3} s a step; preparing batches kept the loader busy for {LoaderBusySeconds / Seconds:P1} of that time, waiting for them took {waited:P1}.{advice}");
    }
}
