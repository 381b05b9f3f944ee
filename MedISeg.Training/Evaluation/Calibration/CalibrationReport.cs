using System.Globalization;

namespace MedISeg.Training.Evaluation.Calibration;

/// <summary>How a temperature was found; docs/schemas/calibration.schema.json.</summary>
/// <param name="SchemaVersion">1.</param>
/// <param name="Package">Name and version.</param>
/// <param name="Cases">Held-out cases.</param>
/// <param name="Voxels">Voxels of all cases that were looked at.</param>
/// <param name="Seed">Chose them.</param>
/// <param name="Before">With the package's temperature so far.</param>
/// <param name="After">With the one found.</param>
internal sealed record CalibrationReport(int SchemaVersion, string Package, int Cases, long Voxels, long Seed, CalibrationScore Before, CalibrationScore After)
{
    /// <summary>As Markdown.</summary>
    public string ToMarkdown() => string.Create(CultureInfo.InvariantCulture,
        $"""
        # Temperature of {Package}, fitted on {Cases} held-out cases

        {Voxels} voxels, seed {Seed}; expected calibration error with {TemperatureFit.Bins} bins.

        | | temperature | negative log-likelihood | calibration error |
        |---|--:|--:|--:|
        | before | {Before.Temperature:0.####} | {Before.NegativeLogLikelihood:F6} | {Before.CalibrationError:F6} |
        | after | {After.Temperature:0.####} | {After.NegativeLogLikelihood:F6} | {After.CalibrationError:F6} |

        """);
}

/// <summary>How well probabilities say how often a network is right.</summary>
/// <param name="Temperature">What logits were divided by.</param>
/// <param name="NegativeLogLikelihood">Mean over voxels (and regions), natural logarithm.</param>
/// <param name="CalibrationError">Expected calibration error, in [0, 1].</param>
internal sealed record CalibrationScore(double Temperature, double NegativeLogLikelihood, double CalibrationError);
