using System.Text.Json.Nodes;
using MedISeg.Api.Auth;

namespace MedISeg.Tests.Api;

/// <summary>Reads the audit trail of a service, also while it writes.</summary>
internal static class AuditFiles
{
    /// <summary>All lines, oldest first.</summary>
    public static string[] Lines(ApiHost host)
    {
        string folder = Path.Combine(host.DataRoot, AuditTrail.Folder);
        return Directory.Exists(folder) ? [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).SelectMany(Read)] : [];
    }

    /// <summary>Lines of a file.</summary>
    public static IEnumerable<string> Read(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(file);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Waits for what the service did by itself. Its data must lie where the host has them.</summary>
    /// <returns>The last line with this action.</returns>
    public static async Task<JsonNode> ServiceDidAsync(this ApiHost host, string action)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
        while (true)
        {
            JsonNode[] found = [.. Lines(host).Select(line => JsonNode.Parse(line)!).Where(line => (string?)line["action"] == action)];
            if (found.Length > 0)
            {
                Assert.All(found, line => Assert.Equal("service", (string?)line["caller"]));
                return found[^1];
            }
            await Task.Delay(20, limit.Token);
        }
    }
}
