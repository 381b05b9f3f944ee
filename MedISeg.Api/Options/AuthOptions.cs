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

    /// <summary>Bearer tokens of an identity provider.</summary>
    [ValidateObjectMembers]
    public OidcOptions Oidc { get; init; } = new();
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

/// <summary>Checks that names are unique and not the service's own, since a name owns jobs, that scopes are known, and what tokens need.</summary>
internal sealed class AuthKeysValidator : IValidateOptions<AuthOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, AuthOptions options)
    {
        List<string> errors = [];
        if (options.Keys.Select(key => key.Name).Distinct(StringComparer.Ordinal).Count() != options.Keys.Count)
            errors.Add("Auth:Keys holds a name twice; each key needs its own.");
        if (options.Keys.Any(key => key.Name is ApiKeys.FirstName or ApiKeyHandler.Anonymous or AuditEntry.Service))
            errors.Add($"Auth:Keys may not use the names '{ApiKeys.FirstName}', '{ApiKeyHandler.Anonymous}' and '{AuditEntry.Service}', which the service gives itself.");
        if (options.Keys.SelectMany(key => key.Scopes).Concat(options.Oidc.Grants.SelectMany(grant => grant.Scopes)).Any(scope => !Scopes.All.Contains(scope)))
            errors.Add($"Scopes of Auth:Keys or Auth:Oidc:Grants hold what is no scope; the scopes are {string.Join(", ", Scopes.All.Order(StringComparer.Ordinal))}.");
        if (options is { Mode: AuthMode.Keys, FirstKey: false, Keys.Count: 0, Oidc.IsEnabled: false })
            errors.Add("Auth:FirstKey is false and there are no Auth:Keys and no Auth:Oidc: nobody could use the service. Configure a key.");
        if (options.Oidc.IsEnabled && !IsAuthority(options.Oidc.Authority))
            errors.Add("Auth:Oidc:Authority must be an https address without query, on loopback also http.");
        if (options.Oidc.IsEnabled == (options.Oidc.Audience.Length == 0))
            errors.Add("Auth:Oidc needs both Authority and Audience: a token for another service must not open this one.");
        return errors.Count > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }

    private static bool IsAuthority(string text) => Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri is { Query: "", Fragment: "" }
        && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback);
}
