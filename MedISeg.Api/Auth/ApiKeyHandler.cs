using System.Security.Claims;
using System.Text.Encodings.Web;
using MedISeg.Api.Options;
using MedISeg.Api.Problems;
using MedISeg.Imaging.Errors;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Auth;

/// <summary>Tells callers apart by a key as <c>X-Api-Key</c> or a key or token as <c>Authorization: Bearer</c>; in mode none everyone is one caller.</summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> schemes, ILoggerFactory loggers, UrlEncoder encoder, ApiKeys keys, IOptions<AuthOptions> auth)
    : AuthenticationHandler<AuthenticationSchemeOptions>(schemes, loggers, encoder)
{
    /// <summary>Name of the scheme.</summary>
    public const string SchemeName = "ApiKey";

    /// <summary>Header of a key.</summary>
    public const string HeaderName = "X-Api-Key";

    /// <summary>The one caller of mode none.</summary>
    public const string Anonymous = "anonymous";

    private const string Bearer = "Bearer ";

    /// <inheritdoc />
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (auth.Value.Mode == AuthMode.None) return Success(Anonymous, [Scopes.Admin]);
        string? key = Given();
        if (key is null) return AuthenticateResult.NoResult();
        if (auth.Value.Oidc.IsEnabled && OidcTokens.IsToken(key)) return await CheckTokenAsync().ConfigureAwait(false);
        return keys.Find(key) is { } found ? Success(found.Owner, found.Scopes) : AuthenticateResult.Fail("The key is not known.");
    }

    /// <inheritdoc />
    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => ProblemResponse.WriteAsync(
        Context, ErrorCode.Unauthenticated, "Send a valid key in the header 'X-Api-Key', or a key or token as 'Authorization: Bearer KEY'; the operator has the keys.");

    /// <inheritdoc />
    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        IEnumerable<string?> needed = Context.GetEndpoint()?.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(data => data.Policy) ?? [];
        string[] missing = [.. needed.OfType<string>().DefaultIfEmpty(Scopes.Admin).Where(scope => !Context.User.HasClaim(Scopes.ClaimType, scope))];
        return ProblemResponse.WriteAsync(
            Context, ErrorCode.Forbidden, $"Your credentials lack the scope '{string.Join("' and '", missing)}'; ask the operator for it.");
    }

    private async Task<AuthenticateResult> CheckTokenAsync()
    {
        AuthenticateResult token = await Context.AuthenticateAsync(OidcTokens.SchemeName).ConfigureAwait(false);
        if (token.Principal is { } principal && OidcTokens.OwnerOf(principal) is { } owner) return Success(owner, OidcTokens.ScopesOf(principal, auth.Value.Oidc));
        Log.TokenRefused(Logger, token.Failure?.GetType().Name ?? "no subject");
        return AuthenticateResult.Fail("The token is not valid.");
    }

    private string? Given()
    {
        if (Request.Headers.TryGetValue(HeaderName, out var header) && header is [{ Length: > 0 } single]) return single;
        string authorization = Request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : null;
    }

    private static AuthenticateResult Success(string owner, IEnumerable<string> scopes)
    {
        ClaimsIdentity identity = new([new Claim(ClaimTypes.Name, owner), .. scopes.Select(scope => new Claim(Scopes.ClaimType, scope))], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }
}
