using MedISeg.Tests.Repository;

namespace MedISeg.Tests.Support;

/// <summary>Independent programs that tests compare with. <c>test.sh</c> installs them; where one is missing the test is skipped, and
/// <c>test.sh</c> takes that for a failure if it could install.</summary>
internal static class ExternalTool
{
    /// <summary>Skips the test where a program is not to be found.</summary>
    /// <returns>Its path.</returns>
    public static string Require(string command)
    {
        string folders = Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin";
        string? path = folders.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, command)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, $"tool: {command} is not installed");
        return path!;
    }

    /// <summary>Skips the test where Debian's Python has no pydicom or numpy.</summary>
    /// <returns>Path of the interpreter.</returns>
    public static async Task<string> RequirePydicomAsync()
    {
        // Another Python may come first in PATH and know nothing of Debian's packages.
        string python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : Require("python3");
        Assert.SkipUnless((await RepositoryRoot.RunAsync(python, "-c", "import pydicom, numpy")).Code == 0, "tool: python3-pydicom is not installed");
        return python;
    }

    /// <summary>Skips the test where a header or library file of a package is not there.</summary>
    public static void RequireFile(string path, string package) => Assert.SkipUnless(Path.Exists(path), $"tool: {package} is not installed");

    /// <summary>Runs a program that must succeed.</summary>
    /// <returns>What it wrote to its output.</returns>
    public static async Task<string> OutputAsync(string program, params string[] arguments)
    {
        (int code, string output, string errors) = await RepositoryRoot.RunAsync(program, arguments);
        Assert.True(code == 0, $"{Path.GetFileName(program)} ended with code {code}: {output}{errors}");
        return output;
    }
}
