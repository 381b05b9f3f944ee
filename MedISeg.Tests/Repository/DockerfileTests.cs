using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MedISeg.Tests.Repository;

public sealed partial class DockerfileTests
{
    private static readonly string[] Lines = File.ReadAllText(RepositoryRoot.Of("Dockerfile")).Replace("\\\n", " ", StringComparison.Ordinal).Split('\n');

    [Fact]
    public void Copy_EverySourceOfTheContext_Exists()
    {
        List<string> sources = [.. ContextSources()];
        Assert.True(sources.Count > 10);
        Assert.All(sources, source => Assert.True(Path.Exists(RepositoryRoot.Of(source)), source));
    }

    [Fact]
    public void Dockerignore_EverySourceOfTheContext_IsLetThrough()
    {
        string[] allowed = [.. File.ReadAllLines(RepositoryRoot.Of(".dockerignore")).Where(line => line.StartsWith('!')).Select(line => line[1..])];
        Assert.All(ContextSources(), source =>
            Assert.Contains(allowed, entry => source.TrimEnd('/') == entry || source.StartsWith(entry + "/", StringComparison.Ordinal)));
    }

    [Fact]
    public void Copy_EveryProjectThatTheServiceNeeds_IsCopiedWithItsLockFile()
    {
        HashSet<string> needed = [];
        Collect("MedISeg.Api", needed);
        HashSet<string> sources = [.. ContextSources().Select(source => source.TrimEnd('/'))];
        foreach (string project in needed)
        {
            Assert.Contains($"{project}/{project}.csproj", sources);
            Assert.Contains($"{project}/packages.cpu.lock.json", sources);
            Assert.Contains(project, sources);
        }
        Assert.Equal(5, needed.Count);
    }

    [Fact]
    public void Publish_OfTheImage_IsTheScriptThatTheTestsRun()
    {
        Assert.Contains("RUN ./build/publish-api.sh /app ${MEDISEG_ACCELERATOR} ${SOURCE_REVISION}", Lines);
        Assert.DoesNotContain(Lines, line => line.Contains("dotnet publish", StringComparison.Ordinal));
        Assert.Contains("ARG MEDISEG_ACCELERATOR=cpu", Lines);
        Assert.Contains(Lines, line => line.StartsWith("ENV ", StringComparison.Ordinal) && line.EndsWith(" CI=true", StringComparison.Ordinal));
    }

    [Fact]
    public void Image_RunsAsAnotherUserThanRootAndListensOnAllAddresses()
    {
        int user = Array.FindIndex(Lines, line => line == "USER $APP_UID"), entry = Array.FindIndex(Lines, line => line.StartsWith("ENTRYPOINT", StringComparison.Ordinal));
        Assert.InRange(user, 1, entry);
        Assert.Contains(Lines, line => line.Contains("ASPNETCORE_URLS=http://0.0.0.0:8080", StringComparison.Ordinal));
        Assert.Contains("EXPOSE 8080", Lines);
        Assert.Contains("VOLUME /data", Lines);
        Assert.Contains(Lines, line => line.Contains("libopenjp2-7 libcharls2", StringComparison.Ordinal));
        Assert.Contains(Lines, line => line.StartsWith("HEALTHCHECK", StringComparison.Ordinal) && line.EndsWith("CMD [\"bash\", \"/app/healthcheck.sh\", \"8080\"]", StringComparison.Ordinal));
    }

    private static IEnumerable<string> ContextSources()
    {
        foreach (string line in Lines)
        {
            if (!line.StartsWith("COPY ", StringComparison.Ordinal) || line.Contains("--from=", StringComparison.Ordinal)) continue;
            string[] words = Spaces().Split(line.Trim());
            foreach (string source in words[1..^1]) yield return source;
        }
    }

    private static void Collect(string project, HashSet<string> found)
    {
        if (!found.Add(project)) return;
        foreach (XElement reference in XDocument.Load(RepositoryRoot.Of(project, project + ".csproj")).Descendants("ProjectReference"))
            Collect(Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value), found);
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
