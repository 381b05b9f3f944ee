using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Pictures;

/// <summary>How a <see cref="ContourPicture"/> looks.</summary>
public sealed record ContourPictureOptions
{
    /// <summary>A reference segmentation on the same grid, drawn as a thin white line; null = none.</summary>
    public LabelMap? Truth { get; init; }

    /// <summary>Whether slices go through the largest extent of <see cref="Truth"/>, so that several segmentations of one image are shown
    /// alike; otherwise through that of the labels. Default false.</summary>
    public bool SlicesOfTruth { get; init; }

    /// <summary>Names of labels for the legend; a label without one is called by its number.</summary>
    public IReadOnlyDictionary<int, string> Names { get; init; } = new Dictionary<int, string>();

    /// <summary>Real value shown black; null = chosen by the picture. Set both ends or neither.</summary>
    public double? WindowLow { get; init; }

    /// <summary>Real value shown white, above <see cref="WindowLow"/>; null = chosen by the picture.</summary>
    public double? WindowHigh { get; init; }

    /// <summary>Pixels of the longest side of a panel, 64 to 4096. Default 480; an image of one plane gets half as much again.</summary>
    public int PanelPixels { get; init; } = 480;

    /// <summary>Width of a contour in pixels, above 0. Default 2.</summary>
    public double LinePixels { get; init; } = 2;
}
