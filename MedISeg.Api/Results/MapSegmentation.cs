using System.Text.Json;
using MedISeg.Api.Jobs;
using MedISeg.Dicom;
using MedISeg.Dicom.Segmentations;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;

namespace MedISeg.Api.Results;

/// <summary>A map of uncertainty or probability of a DICOM series as FRACTIONAL segmentation of one segment.</summary>
internal static class MapSegmentation
{
    /// <summary>Maps come behind all other objects.</summary>
    private const int FirstPlace = 5;

    /// <summary>Scheme of codes that no standard has. Its name begins with 99, as private ones must.</summary>
    private const string PrivateScheme = "99MEDISEG";

    /// <summary>What a map is: no structure of the body.</summary>
    private static readonly DicomCode Concept = new("SCT", "309825002", "Spatial and relational concept");

    /// <summary>Writes the map that the result is asked for.</summary>
    public static void Write(Stream output, StoredResult result, CancellationToken cancellationToken)
    {
        DicomSource source = DicomSource.Open(result);
        using FileStream nifti = result.Open(result.Nifti);
        using StoppableStream stored = new(nifti, cancellationToken);
        Volume map = ImageReader.Read(stored, new ImageLimits()).Volume;
        string kind = result.Output;
        SegmentDescription segment = OneClass(result, source) ?? new()
        {
            Labels = [1],
            Name = kind,
            Category = Concept,
            Type = new DicomCode(PrivateScheme, kind.Length <= 16 ? kind.ToUpperInvariant() : kind[..16].ToUpperInvariant(), kind),
            TrackingUid = DicomUID.Derive($"{source.Description.Segments[0].TrackingUid}|{kind}", source.Description.UidRoot),
        };
        int place = ResultOutputs.Maps.TakeWhile(name => name != kind).Count();
        SegmentationDescription description = source.Describe(kind, FirstPlace + place, $"({kind})") with { Segments = [segment] };
        SegmentationWriter.WriteFractional(output, source.Series, new Volume(source.Series.Geometry, [map.Stored(0)]), description, cancellationToken);
    }

    /// <summary>The class whose probability a map is; null: it is another map, or of several classes.</summary>
    private static SegmentDescription? OneClass(StoredResult result, DicomSource source)
    {
        if (result.Output != OutputKind.Probability.Name()) return null;
        using JsonDocument report = JsonDocument.Parse(result.Report);
        JsonElement labels = report.RootElement.GetProperty("recipe").GetProperty("options").GetProperty("labels");
        return labels.GetArrayLength() == 1 ? source.Description.Segments.FirstOrDefault(segment => segment.Name == labels[0].GetString()) : null;
    }
}
