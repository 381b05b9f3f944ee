namespace MedISeg.Dicom.Series;

/// <summary>What a model wants of the series for one of its input channels.</summary>
/// <param name="Name">Name of the channel, for messages.</param>
/// <param name="Modality">DICOM modality, e.g. CT; null or <c>*</c>: any.</param>
/// <param name="Match">Regular expressions by DICOM keyword, e.g. BodyPartExamined: <c>ABDOMEN|KIDNEY</c>; null: none.</param>
public sealed record ChannelRule(string Name, string? Modality, IReadOnlyDictionary<string, string>? Match);
