using System.Net.Http.Headers;
using System.Text;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

/// <summary>Plants names where a careless client might put them, and looks for them everywhere the service writes.</summary>
public sealed class PatientDataTests
{
    private const string FileCanary = "CANARYFILE1", PartCanary = "CANARYPART2", QueryCanary = "CANARYQUERY3", HeaderCanary = "CANARYHEAD4",
        OptionCanary = "CANARYOPT5", ModelCanary = "CANARYMODEL6", AgentCanary = "CANARYAGENT7", PathCanary = "CANARYPATH8", MethodCanary = "CANARYMETHOD9";

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

    private static void AssertClean(string text) => Assert.DoesNotContain("CANARY", text, StringComparison.OrdinalIgnoreCase);

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
