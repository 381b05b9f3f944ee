namespace MedISeg.Imaging.Phantoms;

/// <summary>What a phantom shows. Volumes are those of the exact labels on its grid.</summary>
public sealed record PhantomAnatomy
{
    /// <summary>Seed it was made from.</summary>
    public required int Seed { get; init; }
    /// <summary>Kidneys present.</summary>
    public required PhantomKidneys Kidneys { get; init; }
    /// <summary>Whether a kidney has a tumour.</summary>
    public required bool HasTumour { get; init; }
    /// <summary>Volume of the left kidney in ml, 0 when absent.</summary>
    public required double LeftKidneyMl { get; init; }
    /// <summary>Volume of the right kidney in ml, 0 when absent.</summary>
    public required double RightKidneyMl { get; init; }
    /// <summary>Volume of the tumour in ml, 0 when absent.</summary>
    public required double TumourMl { get; init; }
    /// <summary>Mean diameter of the tumour's main part in mm, 0 when absent.</summary>
    public required double TumourDiameterMm { get; init; }
    /// <summary>Attenuation of the kidneys' cortex in HU.</summary>
    public required double KidneyHu { get; init; }
    /// <summary>Attenuation of the tumour in HU, 0 when absent.</summary>
    public required double TumourHu { get; init; }
    /// <summary>Standard deviation of the noise in HU.</summary>
    public required double NoiseHu { get; init; }
    /// <summary>Angle between the scan's and the patient's axes in degrees.</summary>
    public required double ObliquityDegrees { get; init; }
    /// <summary>Angle in degrees by which the patient lies turned on the table.</summary>
    public required double PoseDegrees { get; init; }
}
