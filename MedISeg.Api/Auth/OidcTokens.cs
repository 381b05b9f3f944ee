using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using MedISeg.Api.Options;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace MedISeg.Api.Auth;

/// <summary>Bearer tokens of the configured OpenID Connect provider: how they are checked, whose they are, what they allow.</summary>
internal static partial class OidcTokens
{
    /// <summary>Name of the scheme that checks signature, issuer, audience and times.</summary>
    public const string SchemeName = "Oidc";

    private const string Subject = "sub";

    private static readonly string[] DefaultClaims = ["scope", "scp"];

    /// <summary>Signatures by private keys only: whoever can check a token must not be able to make one.</summary>
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512, SecurityAlgorithms.RsaSsaPssSha256,
        SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512, SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384,
        SecurityAlgorithms.EcdsaSha512,
    ];

    /// <summary>Registers the scheme.</summary>
    public static void AddOidcTokens(this IServiceCollection services)
    {
        services.AddTransient<JwtBearerHandler>();
        services.Configure<AuthenticationOptions>(authentication => authentication.AddScheme<JwtBearerHandler>(SchemeName, null));
        services.AddOptions<JwtBearerOptions>(SchemeName).Configure<IOptions<AuthOptions>>((bearer, auth) =>
        {
            OidcOptions oidc = auth.Value.Oidc;
            if (!oidc.IsEnabled) return;
            bearer.Authority = oidc.Authority;
            bearer.RequireHttpsMetadata = !new Uri(oidc.Authority).IsLoopback;
            bearer.MapInboundClaims = false;
            bearer.SaveToken = false;
            bearer.BackchannelTimeout = TimeSpan.FromSeconds(10);
            bearer.TokenValidationParameters.ValidAudience = oidc.Audience;
            bearer.TokenValidationParameters.ValidAlgorithms = Algorithms;
            bearer.TokenValidationParameters.ClockSkew = TimeSpan.FromMinutes(1);
        });
        services.AddSingleton<IPostConfigureOptions<JwtBearerOptions>, JwtBearerPostConfigureOptions>();
    }

    /// <summary>Whether a credential looks like a signed token. No key of ours does: it has no points.</summary>
    public static bool IsToken(string credential) => credential.StartsWith("eyJ", StringComparison.Ordinal) && credential.Count(c => c == '.') == 2;

    /// <summary>Name of the caller of a checked token, which no key can have; null: the token has no subject.</summary>
    public static string? OwnerOf(ClaimsPrincipal token)
    {
        if (token.FindFirst(Subject)?.Value is not { Length: > 0 } subject) return null;
        return Plain().IsMatch(subject)
            ? "oidc:" + subject
            : "oidc-sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(subject)).AsSpan(0, 16));
    }

    /// <summary>What a checked token allows.</summary>
    public static IEnumerable<string> ScopesOf(ClaimsPrincipal token, OidcOptions oidc)
    {
        IReadOnlyList<string> claims = oidc.ScopeClaims.Count > 0 ? oidc.ScopeClaims : DefaultClaims;
        IEnumerable<string> values = token.Claims.Where(claim => claims.Contains(claim.Type, StringComparer.Ordinal))
            .SelectMany(claim => claim.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return oidc.Grants.Count == 0
            ? values.Where(Scopes.All.Contains).Distinct()
            : values.SelectMany(value => oidc.Grants.Where(grant => grant.Value == value).SelectMany(grant => grant.Scopes)).Distinct();
    }

    /// <summary>A subject that fits the store's column and logs as it is.</summary>
    [GeneratedRegex(@"\A[A-Za-z0-9._@|-]{1,57}\z")]
    private static partial Regex Plain();
}
