using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Options;

/// <summary>Section <c>Auth:Oidc</c>: bearer tokens of an OpenID Connect provider, beside keys.</summary>
public sealed class OidcOptions
{
    /// <summary>Issuer of the tokens: an https address, on loopback also http, below which <c>.well-known/openid-configuration</c> lies. Default empty: no tokens are taken.</summary>
    public string Authority { get; init; } = "";

    /// <summary>Whom a token must be for (<c>aud</c>).</summary>
    public string Audience { get; init; } = "";

    /// <summary>Claims that hold what a token allows: texts with blanks between values, or lists. Default scope and scp.</summary>
    public IReadOnlyList<string> ScopeClaims { get; init; } = [];

    /// <summary>What values of these claims allow. Where there are none, values that are called like scopes are these; else nothing but these counts.</summary>
    [ValidateEnumeratedItems]
    public IReadOnlyList<ScopeGrant> Grants { get; init; } = [];

    /// <summary>Whether tokens are taken.</summary>
    internal bool IsEnabled => Authority.Length > 0;
}

/// <summary>What a value of a claim allows.</summary>
public sealed class ScopeGrant
{
    /// <summary>The value, for instance the name of a role.</summary>
    [Required]
    public string Value { get; init; } = "";

    /// <summary>The scopes, at least one: segment, read, models:write, pacs, admin.</summary>
    [MinLength(1)]
    public IReadOnlyList<string> Scopes { get; init; } = [];
}
