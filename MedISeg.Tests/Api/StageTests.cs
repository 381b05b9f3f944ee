using System.Net;
using System.Text.Json.Nodes;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Tests.Support;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

/// <summary>2-D packages on volumes and cascades, over HTTP.</summary>
public sealed class StageTests : IAsyncLifetime
{
    private readonly ApiHost _host = new(packages:
    [
        ApiHost.Pictures,
        new AnalyticPackageOptions { Name = "low", Thresholds = [100], PatchSize = [4, 4, 4], Change = manifest => manifest with { Defaults = OptionsReader.Parse(ApiHost.SlowOptions) } },
        new AnalyticPackageOptions
        {
            Name = "full", Thresholds = [100], PatchSize = [4, 4, 4],
            Change = manifest => manifest with { Cascade = new ModelCascade { Model = "low", Version = "1", Labels = [1], MarginMm = 1 } },
        },
    ]);

    private HttpClient _client = null!;

    public ValueTask InitializeAsync()
    {
        _client = _host.CreateClient();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync();
    }

    [Theory]
    [InlineData("k")]
    [InlineData("i")]
    public async Task Post_VolumeToTwoDimensionalModel_IsSegmentedSliceBySlice(string axis)
    {
        using HttpResponseMessage response = await _client.PostAsync(
            Form(TestImages.SmallNifti(), "pictures", $"{{\"slices\":{{\"axis\":\"{axis}\"}}}}"), prefer: "wait=60");
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        TestImages.AssertLabels(await response.Content.ReadAsByteArrayAsync(), TestImages.Small().Geometry.Grid);
    }

    [Fact]
    public async Task Post_Cascade_ReportsTheBoxAndNamesTheStages()
    {
        using HttpResponseMessage response = await _client.PostAsync(Form(TestImages.SmallNifti(), "full"), "?format=json", "wait=60");
        JsonNode report = await JsonAsync(response);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("low", (string?)report["cascade"]!["firstStage"]!["model"]);
        Assert.Equal("[0,0,0]", report["cascade"]!["boxStart"]!.ToJsonString());
        Assert.Equal("[5,7,9]", report["cascade"]!["boxSize"]!.ToJsonString());
        Assert.True((double)report["timingsMs"]!["first-stage.predicting"]! >= 0);
        Assert.Equal("full", (string?)report["recipe"]!["model"]);
    }

    [Fact]
    public async Task Get_RunningCascade_NamesItsStage()
    {
        string id = await _client.QueueAsync(Form(TestImages.Nifti(TestImages.Create(new GridSize(60, 80, 80))), "full"));
        JsonNode job = await _client.JobWhenAsync(id, now => now["stage"] is not null || (string?)now["state"] is not ("queued" or "running"));
        Assert.Equal("""{"number":1,"count":2,"model":"low"}""", job["stage"]!.ToJsonString());
        Assert.InRange((double)job["percent"]!, 0, 50);
        Assert.Empty(Schemas.Faults("job", job.ToJsonString()));
        using HttpResponseMessage deleted = await _client.DeleteAsync($"{Jobs}/{id}");
    }
}
