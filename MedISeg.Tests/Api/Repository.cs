namespace MedISeg.Tests.Api;

/// <summary>Finds the repository that these tests were built from.</summary>
internal static class Repository
{
    /// <summary>Its root folder.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "MedISeg.sln"))) return folder.FullName;
        throw new DirectoryNotFoundException("The tests run outside of the repository.");
    }
}
