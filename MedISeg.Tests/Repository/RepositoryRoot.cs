using System.Diagnostics;
using System.Globalization;

namespace MedISeg.Tests.Repository;

/// <summary>The checkout that the tests were built from, and processes that run in it.</summary>
internal static class RepositoryRoot
{
    /// <summary>Folder that holds the solution.</summary>
    public static string Folder { get; } = Find();

    /// <summary>Path of a file of the repository.</summary>
    public static string Of(params string[] parts) => Path.Combine([Folder, .. parts]);

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Exit code and what it wrote, standard output before standard error.</returns>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(string program, params string[] arguments)
    {
        using Process process = Start(program, null, arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }

    /// <summary>Starts a program in the repository's folder with its output redirected.</summary>
    public static Process Start(string program, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // A build server that outlives the test would keep its output open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return Process.Start(start) ?? throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{program} did not start."));
    }

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "MedISeg.sln"))) return folder.FullName;
        throw new InvalidOperationException("The tests must run below the folder of MedISeg.sln.");
    }
}
