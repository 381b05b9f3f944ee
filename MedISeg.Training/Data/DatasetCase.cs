using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data.Readers;

namespace MedISeg.Training.Data;

/// <summary>One case of a data set: where it lies. Nothing is read before it is asked for.</summary>
/// <param name="Name">Name, unique in its folder.</param>
/// <param name="Images">Image files, their channels in order; at least one.</param>
/// <param name="Labels">Truth on the same grid; null: none, in lists of images only.</param>
internal sealed record DatasetCase(string Name, IReadOnlyList<string> Images, string? Labels)
{
    /// <summary>Patient, or what else must stay together; the name where nothing is known.</summary>
    public string Group { get; init; } = Name;

    /// <summary>Kind of image, for reports and stratification; empty: none.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Place in the first dimension of .npy files; null: other files.</summary>
    public int? Place { get; init; }

    /// <summary>How the files are read.</summary>
    public DataOptions Options { get; init; } = new();

    /// <summary>All files.</summary>
    public IEnumerable<string> Files => Labels is null ? Images : [.. Images, Labels];

    /// <summary>Reads the image.</summary>
    /// <exception cref="SegmentationException">A file cannot be read, or channels have different grids; the message names the file.</exception>
    /// <exception cref="IOException">A file cannot be opened.</exception>
    public Volume ReadImage() => CaseReader.ReadImage(this);

    /// <summary>Reads the truth, its values as the options map them.</summary>
    /// <inheritdoc cref="ReadImage" path="/exception"/>
    public LabelMap ReadLabels() => CaseReader.ReadLabels(this);

    /// <summary>Reads image and truth.</summary>
    /// <inheritdoc cref="ReadImage" path="/exception"/>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidGeometry"/>: the grids differ; the message shows both.</exception>
    public (Volume Image, LabelMap Labels) Read()
    {
        Volume image = ReadImage();
        LabelMap labels = ReadLabels();
        if (!labels.Geometry.Matches(image.Geometry))
            throw Fault(ErrorCode.InvalidGeometry,
                $"the image and its labels lie on different grids: {GridText.Of(image.Geometry)} and {GridText.Of(labels.Geometry)}; correct one of them");
        return (image, labels);
    }

    /// <summary>Does work on what was read, and adds the case's name to a refusal.</summary>
    public T Named<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SegmentationException fault)
        {
            throw Fault(fault.Code, fault.Message.TrimEnd('.'));
        }
    }

    /// <summary>A refusal that names this case and its first file.</summary>
    /// <param name="code">Stable code.</param>
    /// <param name="detail">What is wrong and what to do, without a full stop.</param>
    public SegmentationException Fault(ErrorCode code, string detail) => new(code, $"Case {Name} ({Path.GetFileName(Images[0])}): {detail}.");
}
