namespace MedISeg.Tests.Support;

/// <summary>Real images that are not part of the repository: MEDISEG_DATA, or ../shared/data beside it.</summary>
internal static class DataFolder
{
    /// <summary>Full path of a file in the folder; skips the test where there is no such folder.</summary>
    public static string Require(string relative)
    {
        string? folder = Environment.GetEnvironmentVariable("MEDISEG_DATA");
        if (string.IsNullOrEmpty(folder))
        {
            DirectoryInfo? root = new(AppContext.BaseDirectory);
            while (root is not null && !File.Exists(Path.Combine(root.FullName, "MedISeg.sln"))) root = root.Parent;
            folder = root is null ? null : Path.Combine(root.FullName, "..", "shared", "data");
        }
        Assert.SkipUnless(Directory.Exists(folder), "data: there is no folder of real images; set MEDISEG_DATA.");
        return Path.Combine(folder!, relative);
    }
}
