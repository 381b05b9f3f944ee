using System.Text.Json.Nodes;
using MedISeg.Tests.Repository;

namespace MedISeg.Tests.Support;

/// <summary>Reads YAML as Kubernetes does and renders charts as Helm does, by a program in Go that is built when it is first needed.</summary>
internal static class ChartTool
{
    /// <summary>Where Debian keeps Go's libraries.</summary>
    private const string Libraries = "/usr/share/gocode";

    private static readonly Lazy<Task<string>> Program = new(BuildAsync);

    /// <summary>Folder of the chart.</summary>
    public static string Chart { get; } = RepositoryRoot.Of("deploy", "helm", "mediseg");

    /// <summary>Skips the test where the program cannot be built.</summary>
    public static void Require()
    {
        ExternalTool.Require("go");
        ExternalTool.RequireFile(Libraries + "/src/github.com/Masterminds/sprig", "golang-github-masterminds-sprig-dev");
    }

    /// <summary>First document of a YAML file.</summary>
    public static async Task<JsonNode> ReadAsync(string path)
    {
        Require();
        return JsonNode.Parse(await ExternalTool.OutputAsync(await Program.Value, "yaml", path))!;
    }

    /// <summary>Renders the chart.</summary>
    /// <param name="values">YAML over the chart's values.</param>
    /// <returns>Merged <c>values</c>, <c>notes</c>, and <c>objects</c> of <c>file</c> and <c>object</c>.</returns>
    public static async Task<JsonNode> RenderAsync(string values)
    {
        (int code, string output, string errors) = await TryRenderAsync(values);
        Assert.True(code == 0, errors);
        return JsonNode.Parse(output)!;
    }

    /// <summary>The same where the chart may refuse the values.</summary>
    /// <returns>Exit code, output and what it said.</returns>
    public static async Task<(int Code, string Output, string Errors)> TryRenderAsync(string values)
    {
        Require();
        using TempFolder folder = new();
        string file = Path.Combine(folder.Path, "values.yaml");
        await File.WriteAllTextAsync(file, values);
        return await RepositoryRoot.RunAsync(await Program.Value, "render", Chart, file);
    }

    private static async Task<string> BuildAsync()
    {
        // In the build's own folder, so that later runs find what was compiled.
        string folder = RepositoryRoot.Of("MedISeg.Tests", "obj", "chart"), program = Path.Combine(folder, "chart");
        Directory.CreateDirectory(folder);
        await ExternalTool.OutputAsync("env", "GO111MODULE=off", "CGO_ENABLED=0", "GOPATH=" + Libraries, $"GOCACHE={folder}/cache", "GOFLAGS=-buildvcs=false",
            ExternalTool.Require("go"), "build", "-o", program, RepositoryRoot.Of("MedISeg.Tests", "Tools", "chart", "main.go"));
        return program;
    }
}
