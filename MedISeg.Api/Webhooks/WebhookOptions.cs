using System.ComponentModel.DataAnnotations;
using MedISeg.Api.Jobs;
using MedISeg.Api.Options;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Webhooks;

/// <summary>Section <c>Webhooks</c>: who is told of the end of jobs. Nothing else is ever told: a request names a target and gives no address.</summary>
public sealed class WebhookOptions
{
    /// <summary>Targets by name; lower-case letters, digits and hyphens, at most 63. Default none.</summary>
    public IReadOnlyDictionary<string, WebhookTarget> Targets { get; init; } = new Dictionary<string, WebhookTarget>();

    /// <summary>Tries before a notification is dead-lettered, 1 to 1000. Default 20.</summary>
    [Range(1, 1000)]
    public int Attempts { get; init; } = 20;

    /// <summary>Wait after the first failed try, 0 s to 1 h; it doubles. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait between two tries, 1 s to 1 day. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Longest time of one try, 1 s to 5 min. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);
}

/// <summary>One target.</summary>
public sealed class WebhookTarget
{
    /// <summary>Where it listens: https, on loopback also http.</summary>
    public Uri? Url { get; init; }

    /// <summary>Whether <see cref="Url"/> may be http on other machines too. Default false.</summary>
    public bool AllowHttp { get; init; }

    /// <summary>Secret that signs: <c>whsec_</c> and the base64 of 24 to 64 random bytes.</summary>
    public string Secret { get; init; } = "";

    /// <summary>Second secret that signs as well, while the receiver changes from one to the other; null: none.</summary>
    public string? OtherSecret { get; init; }

    /// <summary>States to hear of: succeeded, failed, cancelled, dead-lettered. Default succeeded, failed and dead-lettered.</summary>
    public IReadOnlyList<string> Events { get; init; } = [];

    /// <summary>Whether it hears of every job; false: of those whose request names it. Default false.</summary>
    public bool Always { get; init; }

    /// <summary>Callers whose jobs it may hear of. Default all.</summary>
    public IReadOnlyList<string> Owners { get; init; } = [];

    /// <summary>States to hear of, with the default.</summary>
    internal IReadOnlyList<string> WantedEvents =>
        Events.Count > 0 ? Events : [JobState.Succeeded.Spelling(), JobState.Failed.Spelling(), JobState.DeadLettered.Spelling()];

    /// <summary>Whether it may hear of a caller's jobs.</summary>
    internal bool Serves(string owner) => Owners.Count == 0 || Owners.Contains(owner, StringComparer.Ordinal);
}

/// <summary>Checks <see cref="WebhookOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class WebhookOptionsValidator : IValidateOptions<WebhookOptions>;

/// <summary>Checks the targets.</summary>
internal sealed class WebhookTargetsValidator : IValidateOptions<WebhookOptions>
{
    private static readonly string[] Final = [.. Enum.GetValues<JobState>().Where(JobStates.IsFinal).Select(JobStates.Spelling)];

    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, WebhookOptions options)
    {
        List<string> errors = [];
        foreach ((string target, WebhookTarget given) in options.Targets)
        {
            string section = $"Webhooks:Targets:{target}";
            if (!ConfiguredName.IsValid(target)) errors.Add($"{section}: a name has lower-case letters, digits and hyphens, at most 63.");
            if (given.Url is not { IsAbsoluteUri: true, Scheme: "http" or "https", Fragment: "", UserInfo: "" } url)
                errors.Add($"{section}:Url must be an absolute https address without user and fragment.");
            else if (url.Scheme == "http" && !url.IsLoopback && !given.AllowHttp)
                errors.Add($"{section}:Url must be https; http is for loopback, or with AllowHttp.");
            if (!WebhookSignature.IsSecret(given.Secret)) errors.Add($"{section}:Secret must be {WebhookSignature.SecretForm}.");
            if (given.OtherSecret is { } other && !WebhookSignature.IsSecret(other)) errors.Add($"{section}:OtherSecret must be {WebhookSignature.SecretForm}.");
            if (given.Events.Except(Final, StringComparer.Ordinal).Any() || given.Events.Distinct(StringComparer.Ordinal).Count() != given.Events.Count)
                errors.Add($"{section}:Events holds what is no final state, or one twice; the states are {string.Join(", ", Final)}.");
        }
        return errors.Count > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }
}
