using System.Text.RegularExpressions;

namespace MedISeg.Tests.Repository;

public sealed partial class DocumentTests
{
    [Fact]
    public void Links_ToFilesOfTheRepository_LeadSomewhere()
    {
        int links = 0;
        foreach (string document in Documents())
            foreach (Match link in Link().Matches(File.ReadAllText(document)))
            {
                string target = link.Groups[1].Value.Split('#')[0];
                if (target.Length == 0 || target.Contains("://", StringComparison.Ordinal)) continue;
                links++;
                string path = Path.Combine(Path.GetDirectoryName(document)!, target);
                Assert.True(Path.Exists(path), $"{Path.GetRelativePath(RepositoryRoot.Folder, document)} links to {target}");
            }
        Assert.True(links > 10);
    }

    [Fact]
    public void Decisions_EveryPage_IsListedAndHasItsFourParts()
    {
        string list = File.ReadAllText(RepositoryRoot.Of("docs", "decisions", "README.md"));
        string[] pages = [.. Directory.GetFiles(RepositoryRoot.Of("docs", "decisions"), "0*.md").Order(StringComparer.Ordinal)];
        Assert.True(pages.Length >= 10);
        for (int n = 0; n < pages.Length; n++)
        {
            string name = Path.GetFileName(pages[n]), text = File.ReadAllText(pages[n]);
            Assert.StartsWith($"{n + 1:D4}-", name, StringComparison.Ordinal);
            Assert.StartsWith($"# {n + 1}. ", text, StringComparison.Ordinal);
            Assert.Contains($"]({name})", list, StringComparison.Ordinal);
            foreach (string part in (string[])["**Context.**", "**Choice.**", "**Cost.**", "**Reconsider**"])
                Assert.Contains(part, text, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<string> Documents() =>
        Directory.GetFiles(RepositoryRoot.Folder, "*.md")
            .Concat(Directory.GetFiles(RepositoryRoot.Of("docs"), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.GetFiles(RepositoryRoot.Of("models"), "*.md", SearchOption.AllDirectories));

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
