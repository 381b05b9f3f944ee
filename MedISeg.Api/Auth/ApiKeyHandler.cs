using System.Security.Claims;
using System.Text.Encodings.Web;
using MedISeg.Api.Options;
using MedISeg.Api.Problems;
using MedISeg.Imaging.Errors;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Auth;

/// <summary>Tells callers apart by <c>X-Api-Key</c> or <c>Authorization: Bearer</c>; in mode none everyone is one caller.</summary>
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
    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (auth.Value.Mode == AuthMode.None) return Task.FromResult(Success(Anonymous));
        string? key = Given();
        if (key is null) return Task.FromResult(AuthenticateResult.NoResult());
        return Task.FromResult(keys.Find(key) is { } owner ? Success(owner) : AuthenticateResult.Fail("The key is not known."));
    }

    /// <inheritdoc />
    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => ProblemResponse.WriteAsync(
        Context, ErrorCode.Unauthenticated, "Send a valid key in the header 'X-Api-Key' or as 'Authorization: Bearer KEY'; the operator has the keys.");

    /// <inheritdoc />
    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        ProblemResponse.WriteAsync(Context, ErrorCode.Forbidden, "The key does not allow this; ask the operator.");

    private string? Given()
    {
        if (Request.Headers.TryGetValue(HeaderName, out var header) && header is [{ Length: > 0 } single]) return single;
        string authorization = Request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : null;
    }

    private static AuthenticateResult Success(string owner)
    {
        ClaimsIdentity identity = new([new Claim(ClaimTypes.Name, owner)], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }
}
