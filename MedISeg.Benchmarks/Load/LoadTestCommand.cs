using System.CommandLine;

namespace MedISeg.Benchmarks.Load;

/// <summary>Puts a running service under load.</summary>
internal static class LoadTestCommand
{
    /// <summary>Its verb.</summary>
    public const string Verb = "loadtest";

    private static readonly Option<Uri> Address = new("--url")
    {
        Description = "Root of the service.", DefaultValueFactory = _ => new Uri("http://127.0.0.1:8080/"), CustomParser = result => ParseAddress(result),
    };
    private static readonly Option<FileInfo?> KeyFile = new("--key-file") { Description = "File that holds an API key; one of an administrator shows memory, too." };
    private static readonly Option<int> Jobs = new("--jobs") { Description = "Jobs to send.", DefaultValueFactory = _ => 1000 };
    private static readonly Option<int> Clients = new("--clients") { Description = "Clients, each of which sends one job after the other.", DefaultValueFactory = _ => 8 };
    private static readonly Option<FileInfo[]> Images = new("--image") { Description = "Images, taken in turn.", Required = true, AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string[]> Models = new("--model") { Description = "Packages, taken in turn.", Required = true, AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string?> Options = new("--options") { Description = "Options of each job, as JSON." };
    private static readonly Option<bool> Mixed = new("--mixed") { Description = "Deletes every tenth job as soon as it is accepted, and cuts the image of another tenth in half." };

    /// <summary>The command.</summary>
    public static RootCommand Create()
    {
        RootCommand command = new(
            "Sends jobs to a running service and follows each to its result. Shows throughput, latency, overhead (without queue and network) and the service's memory " +
            "after a tenth and after all. Ends with 1 when a job was lost, failed, or gave another result than the same image before.")
        { Address, KeyFile, Jobs, Clients, Images, Models, Options, Mixed };
        Images.AcceptExistingOnly();
        Jobs.Validators.Add(result => AtLeast(result, 10));
        Clients.Validators.Add(result => AtLeast(result, 1));
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string? key = parsed.GetValue(KeyFile) is { } file ? (await File.ReadAllTextAsync(file.FullName, cancellationToken)).Trim() : null;
            using LoadTest test = new(new LoadTestOptions
            {
                Address = parsed.GetRequiredValue(Address), Key = key, Jobs = parsed.GetValue(Jobs), Clients = parsed.GetValue(Clients),
                Images = [.. parsed.GetRequiredValue(Images).Select(image => image.FullName)], Models = parsed.GetRequiredValue(Models),
                Options = parsed.GetValue(Options), Mixed = parsed.GetValue(Mixed),
            });
            LoadTestReport report = await test.RunAsync(new Progress<int>(done => Console.Error.WriteLine($"{done} jobs")), cancellationToken);
            Console.Write(report);
            return report.Faults.Count == 0 ? 0 : 1;
        });
        return command;
    }

    private static Uri? ParseAddress(System.CommandLine.Parsing.ArgumentResult result)
    {
        if (Uri.TryCreate(result.Tokens[0].Value.TrimEnd('/') + "/", UriKind.Absolute, out Uri? address) && address.Scheme is ("http" or "https")) return address;
        result.AddError("--url must be an address such as http://127.0.0.1:8080/");
        return null;
    }

    private static void AtLeast(System.CommandLine.Parsing.OptionResult result, int least)
    {
        if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out int value) && value < least) result.AddError($"{result.Option.Name} must be at least {least}");
    }
}
