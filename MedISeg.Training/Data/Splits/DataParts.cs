namespace MedISeg.Training.Data.Splits;

/// <summary>The cases of a split for one fold.</summary>
/// <param name="Training">All folds but one.</param>
/// <param name="Validation">The held-out fold.</param>
/// <param name="Test">The test set; empty: none.</param>
internal sealed record DataParts(IReadOnlyList<DatasetCase> Training, IReadOnlyList<DatasetCase> Validation, IReadOnlyList<DatasetCase> Test);
