using MedISeg.Tests.Repository;

namespace MedISeg.Tests.Support;

/// <summary>Networks of one's own, for servers that listen on all addresses.</summary>
internal static class PrivateNetwork
{
    /// <summary>Options of unshare that give one: as root, or else through a user namespace. Null: neither is allowed.</summary>
    public static async Task<string?> OptionsAsync()
    {
        foreach (string options in (string[])["-n", "-rn"])
            if ((await RepositoryRoot.RunAsync("unshare", options, "ip", "link", "set", "lo", "up")).Code == 0) return options;
        return null;
    }
}
