namespace MedISeg.Imaging.Phantoms;

/// <summary>Sizes that many organs depend on, in mm of the patient's own frame: x to the left, y to the back, z upwards, the origin in the
/// middle of the body at the height of the kidneys.</summary>
internal sealed record PatientForm
{
    /// <summary>Half width of the body.</summary>
    public required double HalfWidth { get; init; }
    /// <summary>Half height of the body (front to back).</summary>
    public required double HalfHeight { get; init; }
    /// <summary>Thickness of the fat under the skin.</summary>
    public required double FatMm { get; init; }
    /// <summary>Thickness of the muscles of the wall.</summary>
    public required double WallMm { get; init; }
    /// <summary>How much slimmer the waist is, a fraction.</summary>
    public required double Waist { get; init; }
    /// <summary>Size of organs, around 1.</summary>
    public required double Scale { get; init; }

    /// <summary>Half width of the cavity.</summary>
    public double CavityHalfWidth => HalfWidth - FatMm - WallMm;

    /// <summary>Half height of the cavity.</summary>
    public double CavityHalfHeight => HalfHeight - FatMm - WallMm;

    /// <summary>Centre of the cavity in y: the muscles of the back are thicker.</summary>
    public static double CavityY => -3;

    /// <summary>Centre of the vertebral bodies in y.</summary>
    public double SpineY => CavityY + CavityHalfHeight * 0.5;

    public static PatientForm Draw(PhantomRandom random)
    {
        double scale = random.Uniform(0.92, 1.08), fat = 8 + 20 * random.Unit() * random.Unit(), wall = random.Uniform(10, 15);
        return new PatientForm
        {
            Scale = scale,
            FatMm = fat,
            WallMm = wall,
            HalfWidth = random.Uniform(126, 142) * scale + fat + wall,
            HalfHeight = random.Uniform(84, 96) * scale + fat + wall,
            Waist = random.Uniform(0, 0.05),
        };
    }
}
