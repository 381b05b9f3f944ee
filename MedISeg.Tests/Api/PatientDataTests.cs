using System.Net.Http.Headers;
using System.Text;
using MedISeg.Dicom;
using MedISeg.Inference.Models;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

/// <summary>Plants names where a careless client might put them, and looks for them everywhere the service writes.</summary>
public sealed class PatientDataTests
{
    private const string FileCanary = "CANARYFILE1", PartCanary = "CANARYPART2", QueryCanary = "CANARYQUERY3", HeaderCanary = "CANARYHEAD4",
        OptionCanary = "CANARYOPT5", ModelCanary = "CANARYMODEL6", AgentCanary = "CANARYAGENT7", PathCanary = "CANARYPATH8", MethodCanary = "CANARYMETHOD9",
        DicomCanary = "CANARY^DICOM", UidCanary = "1.2.3.7777777777", DateCanary = "19330815";

    [Fact]
    public async Task Service_NamesPlantedEverywhere_AreNowhereInWhatItWrites()
    {
        await using ApiHost host = new(packages: [ApiHost.Volumes, ApiHost.Pictures]);
        HttpClient client = host.CreateClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", AgentCanary);
        client.DefaultRequestHeaders.TryAddWithoutValidation("Referer", "http://localhost/" + AgentCanary);
        List<string> answers = [];

        await AskAsync(Form(Planted(), "analytic", fileName: FileCanary + ".nii"));
        await AskAsync(Form(Planted()[..400], "analytic", fileName: FileCanary + ".nii"));
        await AskAsync(WithPart(PartCanary));
        await AskAsync(WithPart("image\r\nX: " + PartCanary));
        await AskAsync(Raw(Planted()), "?model=analytic&" + QueryCanary + "=1");
        await AskAsync(Raw(Planted()), "?model=" + ModelCanary);
        await AskAsync(Raw(Planted()), "?model=analytic@" + ModelCanary);
        await AskAsync(Raw(Planted()), "?model=analytic&format=" + QueryCanary);
        await AskAsync(Raw(Encoding.ASCII.GetBytes(HeaderCanary)), "?model=analytic");
        foreach (string options in new[]
                 {
                     $"{{\"{OptionCanary}\":1}}", $"{{\"labels\":[\"{OptionCanary}\"]}}", $"{{\"tta\":{{\"views\":[\"{OptionCanary}\"]}}}}",
                     $"{{\"tta\":{{\"preset\":\"{OptionCanary}\"}}}}", $"{{\"slidingWindow\":{{\"overlap\":\"{OptionCanary}\"}}}}",
                     $"{{\"postprocessing\":[{{\"op\":\"{OptionCanary}\",\"labels\":[1]}}]}}", $"{{\"ensemble\":{{\"members\":[\"{OptionCanary}\"]}}}}",
                     $"{{\"uids\":\"{OptionCanary}\"}}", $"{{{OptionCanary}", $"\"{OptionCanary}\"", $"{{\"a\":\"{OptionCanary}\",\"a\":\"{OptionCanary}\"}}",
                 })
            await AskAsync(Form(Planted(), "analytic", options));
        using (HttpResponseMessage response = await client.GetAsync("/" + PathCanary + "?x=" + QueryCanary)) await NoteAsync(response);
        using (HttpResponseMessage response = await client.GetAsync($"{Jobs}/{PathCanary}/result")) await NoteAsync(response);
        using (HttpResponseMessage response = await client.GetAsync($"/v1/models/{PathCanary}")) await NoteAsync(response);
        using (HttpResponseMessage response = await client.GetAsync($"/problems/{PathCanary}")) await NoteAsync(response);
        using (HttpResponseMessage response = await client.GetAsync($"{Jobs}?state={QueryCanary}&cursor={QueryCanary}")) await NoteAsync(response);
        using (HttpResponseMessage response = await client.GetAsync($"{Jobs}?limit={QueryCanary}")) await NoteAsync(response);
        using (HttpResponseMessage response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(MethodCanary), Jobs))) await NoteAsync(response);
        using (HttpResponseMessage response = await client.GetAsync(Jobs)) await NoteAsync(response);

        Assert.Contains(answers, answer => answer.StartsWith("Created", StringComparison.Ordinal));
        Assert.All(answers, AssertClean);
        Assert.NotEmpty(host.Log.Lines);
        Assert.All(host.Log.Lines, AssertClean);
        string[] paths = Directory.GetFileSystemEntries(host.DataRoot, "*", SearchOption.AllDirectories);
        Assert.Contains(paths, path => path.EndsWith("labels.nii.gz", StringComparison.Ordinal));
        Assert.All(paths, AssertClean);
        foreach (string path in paths.Where(path => Path.GetFileName(path).StartsWith("jobs.db", StringComparison.Ordinal)))
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using StreamReader reader = new(stream, Encoding.Latin1);
            AssertClean(await reader.ReadToEndAsync());
        }

        async Task AskAsync(HttpContent body, string query = "")
        {
            using HttpResponseMessage response = await client.PostAsync(body, query, "wait=60", "application/x-nifti");
            await NoteAsync(response);
            if (response.Headers.Location is { } job) answers.Add(await client.GetStringAsync(job.OriginalString));
        }

        async Task NoteAsync(HttpResponseMessage response) =>
            answers.Add($"{response.StatusCode} {response.Headers} {response.Content.Headers} " + Encoding.Latin1.GetString(await response.Content.ReadAsByteArrayAsync()));
    }

    [Fact]
    public async Task Service_NamesPlantedInDicom_AreNowhereButInTheDicomResult()
    {
        await using ApiHost host = new(packages: [ApiHost.Volumes with { Change = OnlyMr }, ApiHost.Pictures]);
        HttpClient client = host.CreateClient();
        byte[][] files = TestSeries.Files(PlantedHeader());
        byte[] zip = HandMadeZip.Create(files.Select((file, n) => ($"{DicomCanary}/{DicomCanary}{n}.dcm", file)).Append(("CANARYNOTE.txt", "CANARYTEXT"u8.ToArray())));
        byte[] truncated = files[1][..(files[1].Length / 2)];
        List<string> answers = [];

        const string Warn = "{\"modalityMismatch\":\"warn\"}", Stable = "{\"modalityMismatch\":\"warn\",\"uids\":\"stable\"}";
        byte[] segmentation = await AskAsync(Named(zip, Warn), "application/dicom");
        await AskAsync(Named(zip, Stable), "application/json");
        await AskAsync(Named(zip, Warn), "application/zip");
        foreach (HttpContent body in new HttpContent[]
                 {
                     // Refused: by modality, as two series, as damaged, with a gap, as one slice, as an object of another kind, as an archive.
                     Named(zip, "{}"), Named(HandMadeZip.Create(files.Concat(TestSeries.Files(PlantedHeader(2))).Select((file, n) => ($"{DicomCanary}{n}", file))), Warn),
                     Named(HandMadeZip.Create((DicomCanary, files[0]), (DicomCanary + "2", truncated)), Warn), Named(HandMadeZip.Create((DicomCanary, files[0]), (DicomCanary + "2", files[1]), (DicomCanary + "3", files[4])), Warn),
                     Named(files[0], Warn), Named(TestSeries.Change(files[0], set => set.AddOrUpdate(DicomTag.SOPClassUID, DicomUID.RTStructureSetStorage)), Warn),
                     Named(zip[..^30], Warn), Named(HandMadeZip.Create(($"../{DicomCanary}", files[0])), Warn), Named(HandMadeZip.Create((DicomCanary, zip)), Warn),
                     Named(TestSeries.Change(files[0], set => set.AddOrUpdate(DicomTag.Rows, (ushort)0)), Warn),
                     Named(TestSeries.Change(files[0], set => set.AddOrUpdate(DicomVR.Parse("DS"), DicomTag.ImagePositionPatient, DicomCanary)), Warn),
                 })
            await AskAsync(body, "application/dicom");

        // The result bears the patient's name, as the standard asks.
        Assert.Equal(DicomCanary, TestSeries.Open(segmentation).Dataset.GetString(DicomTag.PatientName));
        Assert.Equal(3, answers.Count(answer => answer.StartsWith("Created", StringComparison.Ordinal)));
        Assert.All(answers, AssertClean);
        Assert.NotEmpty(host.Log.Lines);
        Assert.All(host.Log.Lines, AssertClean);
        Assert.All(Directory.GetFileSystemEntries(host.DataRoot, "*", SearchOption.AllDirectories), AssertClean);
        foreach (string path in Directory.GetFiles(host.DataRoot, "jobs.db*"))
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using StreamReader reader = new(stream, Encoding.Latin1);
            AssertClean(await reader.ReadToEndAsync());
        }

        async Task<byte[]> AskAsync(HttpContent body, string accept)
        {
            using HttpResponseMessage response = await client.PostAsync(body, prefer: "wait=60", accept: accept);
            byte[] content = await response.Content.ReadAsByteArrayAsync();
            bool holdsDicom = response.Content.Headers.ContentType!.MediaType is "application/dicom" or "application/zip";
            answers.Add($"{response.StatusCode} {response.Headers} {response.Content.Headers} " + (holdsDicom ? "" : Encoding.Latin1.GetString(content)));
            if (response.Headers.Location is { } job) answers.Add(await client.GetStringAsync(job.OriginalString));
            return content;
        }
    }

    private static ModelManifest OnlyMr(ModelManifest manifest) => manifest with
    {
        Inputs = [new ModelInput { Name = "mr", Modality = "MR", Match = new Dictionary<string, string> { ["BodyPartExamined"] = "HEAD" } }],
    };

    private static MultipartFormDataContent Named(byte[] file, string options) => Form(file, "analytic", options, FileCanary + ".zip");

    /// <summary>A header with a canary in every text, and UIDs that spell one in numbers.</summary>
    private static DicomDataset PlantedHeader(int series = 1)
    {
        DicomDataset header = new DicomDataset().AddOrUpdate(DicomTag.StudyInstanceUID, UidCanary + ".1").AddOrUpdate(DicomTag.SeriesInstanceUID, $"{UidCanary}.2.{series}")
            .AddOrUpdate(DicomTag.FrameOfReferenceUID, UidCanary + ".3").AddOrUpdate(DicomTag.PatientBirthDate, DateCanary).AddOrUpdate(DicomTag.StudyDate, DateCanary)
            .AddOrUpdate(DicomTag.BodyPartExamined, "CANARYPART");
        foreach (DicomTag tag in new[] { DicomTag.PatientName, DicomTag.PatientID, DicomTag.AccessionNumber, DicomTag.StudyID, DicomTag.StudyDescription, DicomTag.SeriesDescription, DicomTag.Manufacturer })
            header.AddOrUpdate(tag, DicomCanary);
        return header;
    }

    private static void AssertClean(string text)
    {
        foreach (string canary in new[] { "CANARY", UidCanary, DateCanary }) Assert.DoesNotContain(canary, text, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A NIfTI-1 file with names in data_type, db_name, intent_name, descrip and aux_file.</summary>
    private static byte[] Planted()
    {
        byte[] file = TestImages.SmallNifti(gzip: false);
        foreach (int at in new[] { 4, 14, 148, 228, 328 }) Encoding.ASCII.GetBytes(HeaderCanary[..Math.Min(10, HeaderCanary.Length)]).CopyTo(file, at);
        return file;
    }

    private static MultipartFormDataContent WithPart(string name)
    {
        MultipartFormDataContent form = Form(Planted(), "analytic", fileName: FileCanary);
        StringContent part = new("x");
        part.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data");
        part.Headers.Remove("Content-Disposition");
        part.Headers.TryAddWithoutValidation("Content-Disposition", $"form-data; name=\"{name.ReplaceLineEndings(" ")}\"; filename=\"{FileCanary}\"");
        form.Add(part);
        return form;
    }
}
