namespace MedISeg.Imaging.Phantoms;

/// <summary>Kidneys that a phantom has.</summary>
public enum PhantomKidneys
{
    /// <summary>Left and right.</summary>
    Both,
    /// <summary>The left one only.</summary>
    LeftOnly,
    /// <summary>The right one only.</summary>
    RightOnly,
}
