using System.ComponentModel.DataAnnotations;
using MedISeg.Api.Auth;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Options;

/// <summary>How callers are told apart.</summary>
public enum AuthMode
{
    /// <summary>Everyone may do everything; for Development and loopback.</summary>
    None,
    /// <summary>API keys.</summary>
    Keys,
}

/// <summary>Section <c>Auth</c>.</summary>
public sealed class AuthOptions
{
    /// <summary>Default keys; the Development settings say none.</summary>
    [EnumDataType(typeof(AuthMode))]
    public AuthMode Mode { get; init; } = AuthMode.Keys;

    /// <summary>Whether mode none may listen on an address that other machines reach. Default false.</summary>
    public bool AllowAnonymousOnNetwork { get; init; }

    /// <summary>Whether an administrator's key is made at the first start where no key is configured, and opens from then on; false revokes it. Default true.</summary>
    public bool FirstKey { get; init; } = true;

    /// <summary>Keys beside the first one.</summary>
    [ValidateEnumeratedItems]
    public IReadOnlyList<ConfiguredKey> Keys { get; init; } = [];
}

/// <summary>One key of the configuration.</summary>
public sealed class ConfiguredKey
{
    /// <summary>Whom it belongs to: owns the jobs it starts. Lower-case letters, digits and hyphens, at most 63.</summary>
    [Required, RegularExpression(ConfiguredName.Pattern)]
    public string Name { get; init; } = "";

    /// <summary>SHA-256 of the key, 64 lower-case hexadecimal digits; the key itself is 32 random bytes or more.</summary>
    [Required, RegularExpression("^[0-9a-f]{64}$")]
    public string Sha256 { get; init; } = "";

    /// <summary>What it allows: segment, read, models:write, pacs, admin (which is all of them). Default segment and read.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>What it allows, with the default.</summary>
    internal IReadOnlyList<string> GrantedScopes => Scopes.Count > 0 ? Scopes : [Auth.Scopes.Segment, Auth.Scopes.Read];
}

/// <summary>Checks <see cref="AuthOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class AuthOptionsValidator : IValidateOptions<AuthOptions>;

/// <summary>Checks that names are unique and not the service's own, since a name owns jobs, and that scopes are known.</summary>
internal sealed class AuthKeysValidator : IValidateOptions<AuthOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, AuthOptions options)
    {
        List<string> errors = [];
        if (options.Keys.Select(key => key.Name).Distinct(StringComparer.Ordinal).Count() != options.Keys.Count)
            errors.Add("Auth:Keys holds a name twice; each key needs its own.");
        if (options.Keys.Any(key => key.Name is ApiKeys.FirstName or ApiKeyHandler.Anonymous))
            errors.Add($"Auth:Keys may not use the names '{ApiKeys.FirstName}' and '{ApiKeyHandler.Anonymous}', which the service gives itself.");
        if (options.Keys.SelectMany(key => key.Scopes).Any(scope => !Scopes.All.Contains(scope)))
            errors.Add($"Auth:Keys:Scopes holds what is no scope; the scopes are {string.Join(", ", Scopes.All.Order(StringComparer.Ordinal))}.");
        if (options is { Mode: AuthMode.Keys, FirstKey: false, Keys.Count: 0 })
            errors.Add("Auth:FirstKey is false and there are no Auth:Keys: nobody could use the service. Configure a key.");
        return errors.Count > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }
}
