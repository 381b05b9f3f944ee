namespace MedISeg.Training.Evaluation;

/// <summary>How the baseline finds one class.</summary>
/// <param name="Label">Label that it writes.</param>
/// <param name="Components">How many of the largest components it keeps.</param>
/// <param name="Low">Least value of the image, included.</param>
/// <param name="High">Greatest value of the image, included.</param>
/// <param name="Smoothed">Whether the image is first averaged over 3 x 3 x 3 voxels.</param>
/// <param name="Dice">Mean Dice over the cases that it was chosen on and that hold the class.</param>
internal sealed record ThresholdRule(int Label, int Components, double Low, double High, bool Smoothed, double Dice);
