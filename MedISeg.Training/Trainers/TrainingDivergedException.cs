namespace MedISeg.Training.Trainers;

/// <summary>A loss, gradient or weight is not finite: the training cannot go on as it is.</summary>
/// <param name="message">Where it happened, what is kept and how to go on.</param>
internal sealed class TrainingDivergedException(string message) : Exception(message);
