using MedISeg.Api.Hosting;
using MedISeg.Api.Options;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Auth;

/// <summary>Takes up keys that came into the configuration's files and forgets those that went, without a restart. Files that are not valid change nothing.</summary>
internal sealed class KeyWatcher(
    SettingFiles files, ApiKeys keys, IEnumerable<IValidateOptions<AuthOptions>> checks, IOptions<AuthOptions> options, TimeProvider time, ILogger<KeyWatcher> logger)
    : BackgroundService
{
    private const string Unreadable = "unreadable";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Mode != AuthMode.Keys) return;
        using PeriodicTimer timer = new(Interval, time);
        string before = "", taken = "";
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                string now = Look();
                // Seen twice: nobody is writing any more.
                if (now == before && now != taken)
                {
                    Take();
                    taken = now;
                }
                before = now;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    private string Look()
    {
        try
        {
            return files.Hash();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Unreadable;
        }
    }

    private void Take()
    {
        try
        {
            AuthOptions now = new();
            OptionsSetup.Read(files.Read().GetSection("Auth"), now);
            string[] faults = [.. checks.Select(check => check.Validate(Microsoft.Extensions.Options.Options.DefaultName, now)).Where(result => result.Failed).Select(result => result.FailureMessage!)];
            if (faults.Length > 0) Log.KeysNotTaken(logger, string.Join(' ', faults));
            else if (keys.Take(now.Keys)) Log.KeysTaken(logger, now.Keys.Count);
        }
        catch (StartRefusedException refused)
        {
            Log.KeysNotTaken(logger, refused.Message);
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException or UnauthorizedAccessException or FormatException)
        {
            Log.KeysNotTaken(logger, failure.GetType().Name);
        }
    }
}
