using System.ComponentModel.DataAnnotations;
using MedISeg.Api.Options;
using MedISeg.Api.Pacs;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Options;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Routing;

/// <summary>Section <c>Routing</c>: what becomes of DICOM objects that are sent to <c>/dicomweb/studies</c>.</summary>
public sealed class RoutingOptions
{
    /// <summary>How long nothing more of a series must have come before it counts as complete, 1 s to 1 day. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan QuietTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a series that was routed is remembered, so that it is not segmented again when it comes again, 1 s to 3650 days.
    /// Default 90 days.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan Memory { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Rules; each that fits starts a job. Default none.</summary>
    public IReadOnlyList<RoutingRule> Rules { get; init; } = [];
}

/// <summary>Which series are segmented, by what, and where the result goes.</summary>
public sealed class RoutingRule
{
    /// <summary>Names the rule in logs: lower-case letters, digits and hyphens, at most 63.</summary>
    public string Name { get; init; } = "";

    /// <summary>Conditions by DICOM keyword, all of which must fit: a range of numbers, or a regular expression (<see cref="AttributeRule"/>).</summary>
    public IReadOnlyDictionary<string, string> Match { get; init; } = new Dictionary<string, string>();

    /// <summary>Model as <c>name</c> or <c>name@version</c>.</summary>
    public string Model { get; init; } = "";

    /// <summary>Options of a request, as JSON text; null: none.</summary>
    public string? Options { get; init; }

    /// <summary>Name of the archive that gets the result; null: none.</summary>
    public string? Destination { get; init; }

    /// <summary>Jobs of a higher priority run first, -100 to 100; requests over HTTP have 0. Default 0.</summary>
    public int Priority { get; init; }
}

/// <summary>Checks <see cref="RoutingOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class RoutingOptionsValidator : IValidateOptions<RoutingOptions>;

/// <summary>Checks the rules.</summary>
internal sealed class RoutingRulesValidator(IOptions<PacsOptions> pacs) : IValidateOptions<RoutingOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, RoutingOptions options)
    {
        List<string> errors = [];
        for (int n = 0; n < options.Rules.Count; n++)
        {
            RoutingRule rule = options.Rules[n];
            string section = $"Routing:Rules:{n}";
            if (!ConfiguredName.IsValid(rule.Name)) errors.Add($"{section}:Name must have lower-case letters, digits and hyphens, at most 63.");
            if (options.Rules.Take(n).Any(other => other.Name == rule.Name)) errors.Add($"{section}:Name is that of another rule.");
            if (string.IsNullOrWhiteSpace(rule.Model)) errors.Add($"{section}:Model must name a model.");
            if (rule.Match.Count == 0) errors.Add($"{section}:Match must have a condition; \"Modality\": \"CT\" for instance.");
            if (rule.Priority is < -100 or > 100) errors.Add($"{section}:Priority must be -100 to 100.");
            if (rule.Destination is { } destination && !pacs.Value.Archives.ContainsKey(destination))
                errors.Add($"{section}:Destination must be one of Pacs:Archives.");
            foreach ((string keyword, string condition) in rule.Match) Try(() => _ = new AttributeRule(keyword, condition), section + ":Match", errors);
            if (rule.Options is { } json) Try(() => OptionsReader.Parse(json), section + ":Options", errors);
        }
        return errors.Count > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }

    private static void Try(Action read, string section, List<string> errors)
    {
        try
        {
            read();
        }
        catch (Exception e) when (e is ArgumentException or SegmentationException)
        {
            errors.Add($"{section}: {e.Message}");
        }
    }
}
