using System.Security.Cryptography;
using System.Text;

namespace MedISeg.Tests.Api;

/// <summary>Callers of a test: a key's text is its name.</summary>
internal static class TestKeys
{
    /// <summary>Settings of a service that knows these callers.</summary>
    /// <param name="callers">Name and scopes of each.</param>
    public static Dictionary<string, string> Settings(params (string Name, string[] Scopes)[] callers)
    {
        Dictionary<string, string> settings = new() { ["Auth:Mode"] = "keys" };
        for (int n = 0; n < callers.Length; n++)
        {
            settings[$"Auth:Keys:{n}:Name"] = callers[n].Name;
            settings[$"Auth:Keys:{n}:Sha256"] = Hash(callers[n].Name);
            for (int s = 0; s < callers[n].Scopes.Length; s++) settings[$"Auth:Keys:{n}:Scopes:{s}"] = callers[n].Scopes[s];
        }
        return settings;
    }

    /// <summary>SHA-256 of a key as the configuration wants it.</summary>
    public static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>A client that sends the key of a caller.</summary>
    public static HttpClient As(this ApiHost host, string name)
    {
        HttpClient client = host.CreateClient();
        client.DefaultRequestHeaders.Add("X-Api-Key", name);
        return client;
    }
}
