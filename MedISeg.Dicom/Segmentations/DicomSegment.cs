using MedISeg.Imaging.Pictures;

namespace MedISeg.Dicom.Segmentations;

/// <summary>A segment of an object that was read. What the object does not state is null or empty.</summary>
public sealed record DicomSegment
{
    /// <summary>Its number, 1 to 65535; 0 only for the background of a label map.</summary>
    public required int Number { get; init; }

    /// <summary>Name.</summary>
    public string Label { get; init; } = "";

    /// <summary>Category code.</summary>
    public DicomCode? Category { get; init; }

    /// <summary>Type code.</summary>
    public DicomCode? Type { get; init; }

    /// <summary>Modifiers of the type.</summary>
    public IReadOnlyList<DicomCode> Modifiers { get; init; } = [];

    /// <summary>Recommended colour, brought to what a screen can show.</summary>
    public Rgb? Colour { get; init; }

    /// <summary>AUTOMATIC, SEMIAUTOMATIC or MANUAL.</summary>
    public string AlgorithmType { get; init; } = "";

    /// <summary>Name of the algorithm.</summary>
    public string AlgorithmName { get; init; } = "";

    /// <summary>Version of the algorithm.</summary>
    public string AlgorithmVersion { get; init; } = "";

    /// <summary>Tracking identifier.</summary>
    public string TrackingId { get; init; } = "";

    /// <summary>Tracking UID.</summary>
    public string TrackingUid { get; init; } = "";
}
