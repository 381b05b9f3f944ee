using System.Globalization;
using System.IO.Compression;
using MedISeg.Dicom;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

/// <summary>All DICOM objects that a job has made.</summary>
internal static class DicomResults
{
    /// <summary>Options of a job that makes all kinds of them, of a package with several members; to be filled up.</summary>
    public const string Outputs = """ "outputs":["labels","disagreement","overlay"] """;

    /// <summary>A package that can.</summary>
    public static MedISeg.Tests.Support.AnalyticPackageOptions Package { get; } = ApiHost.Volumes with { Members = 2, MemberShift = 150 };

    /// <summary>Fetches them: segmentation, label map, structure set, report, map, and the planes of the overlay.</summary>
    public static async Task<IReadOnlyDictionary<string, byte[]>> ObjectsAsync(this HttpClient client, string id)
    {
        Dictionary<string, byte[]> objects = [];
        foreach (string format in (string[])["dcm", "seg-labelmap", "rtstruct", "sr"])
            objects[format] = await client.GetByteArrayAsync($"{Jobs}/{id}/result?format={format}");
        objects["disagreement"] = await client.GetByteArrayAsync($"{Jobs}/{id}/result?output=disagreement&format=dcm");
        await using ZipArchive overlay = new(new MemoryStream(await client.GetByteArrayAsync($"{Jobs}/{id}/result?format=overlay")));
        foreach (ZipArchiveEntry entry in overlay.Entries)
        {
            using MemoryStream content = new();
            await using (Stream stream = await entry.OpenAsync()) await stream.CopyToAsync(content);
            objects[string.Create(CultureInfo.InvariantCulture, $"overlay {entry.Name}")] = content.ToArray();
        }
        return objects;
    }

    /// <summary>All values of UIDs, at any depth.</summary>
    public static IEnumerable<string> Uids(DicomDataset dataset) => dataset.Items.SelectMany(item => item switch
    {
        DicomSequence sequence => sequence.Items.SelectMany(Uids),
        _ when item.ValueRepresentation.Code == "UI" => dataset.GetValues<string>(item.Tag).Where(uid => uid.Length > 0),
        _ => [],
    });
}
