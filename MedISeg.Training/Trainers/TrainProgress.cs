namespace MedISeg.Training.Trainers;

/// <summary>How far a training is.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps of the whole training.</param>
/// <param name="Loss">Of the last step.</param>
/// <param name="Epoch">Set after an epoch.</param>
internal readonly record struct TrainProgress(int Step, int Steps, double Loss, EpochMetrics? Epoch);
