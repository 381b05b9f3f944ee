namespace MedISeg.Training.Data;

/// <summary>How a truth is brought to the grid that the network sees.</summary>
public enum LabelResampling
{
    /// <summary>The nearest voxel's class.</summary>
    Nearest,
    /// <summary>Each class linearly as a volume of zeros and ones; the highest class number of at least one half wins: the paper's ReSam.</summary>
    PerClass,
}
