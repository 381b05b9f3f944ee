using System.Globalization;

namespace MedISeg.Dicom.Series;

/// <summary>One plane of a series.</summary>
/// <param name="Path">File that holds it.</param>
/// <param name="Frame">Frame within the file, from 0.</param>
/// <param name="Header">Its data set without pixel data.</param>
public sealed record DicomSlice(string Path, int Frame, DicomDataset Header)
{
    /// <summary>How messages name the slice: by instance number (of a file) or by frame number from 1 (of a multi-frame object).</summary>
    internal string Name => FrameNumber is { } frame ? $"frame {frame}"
        : InstanceNumber is { } number ? $"instance {number}"
        : "a slice without instance number";

    /// <summary>Number of the frame from 1; null where the object has one plane.</summary>
    internal int? FrameNumber => Header.Contains(DicomTag.PerFrameFunctionalGroupsSequence) ? Frame + 1 : null;

    /// <summary>Instance number; null where there is none or it is no number.</summary>
    internal int? InstanceNumber =>
        Header.TryGetString(DicomTag.InstanceNumber, out string? text)
        && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : null;

    /// <summary>The data set that holds the attributes of a functional group for this slice: the frame's own group, else the group that all
    /// frames share, else (an object of one frame) the top level of the header.</summary>
    /// <param name="group">Sequence of the group, e.g. <see cref="DicomTag.PlanePositionSequence"/>.</param>
    /// <remarks>Source: PS3.3 C.7.6.16.</remarks>
    public DicomDataset AttributesOf(DicomTag group) => FunctionalGroups.Find(Header, Frame, group) ?? Header;
}
