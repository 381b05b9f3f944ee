using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Security.Cryptography;
using MedISeg.Api.Auth;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace MedISeg.Tests.Api;

/// <summary>An OpenID Connect provider with a key of its own, reached without a network.</summary>
internal sealed class TestIdentityProvider : HttpMessageHandler
{
    /// <summary>Its address, and the issuer of its tokens.</summary>
    public const string Address = "https://login.test/realm";

    /// <summary>Whom its tokens are for.</summary>
    public const string Audience = "mediseg";

    /// <summary>The key that it publishes.</summary>
    public RsaSecurityKey Key { get; } = new(RSA.Create(2048)) { KeyId = "one" };

    /// <summary>The time of its tokens.</summary>
    public static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    /// <summary>Whether it fails.</summary>
    public bool IsDown { get; set; }

    /// <summary>A service that takes its tokens.</summary>
    public ApiHost Host(params (string Key, string Value)[] settings)
    {
        Dictionary<string, string> all = new() { ["Auth:Mode"] = "keys", ["Auth:Oidc:Authority"] = Address, ["Auth:Oidc:Audience"] = Audience };
        foreach ((string key, string value) in settings) all[key] = value;
        return new ApiHost(all, services: services =>
            services.Configure<JwtBearerOptions>(OidcTokens.SchemeName, bearer => bearer.BackchannelHttpHandler = this));
    }

    /// <summary>A token that is valid for an hour unless changed.</summary>
    /// <param name="subject">Whose it is; null: nobody's.</param>
    /// <param name="scope">Value of claim scope.</param>
    /// <param name="change">Last word on it.</param>
    public string Token(string? subject, string scope, Action<SecurityTokenDescriptor>? change = null)
    {
        SecurityTokenDescriptor token = new()
        {
            Issuer = Address, Audience = Audience, IssuedAt = Now, NotBefore = Now, Expires = Now.AddHours(1),
            Subject = new ClaimsIdentity([new Claim("scope", scope), .. subject is null ? [] : new[] { new Claim("sub", subject) }]),
            SigningCredentials = new SigningCredentials(Key, SecurityAlgorithms.RsaSha256),
        };
        change?.Invoke(token);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(token);
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (IsDown) throw new HttpRequestException("The provider is down.");
        JsonWebKey key = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(Key.Rsa.ExportParameters(false)) { KeyId = Key.KeyId });
        object? answer = request.RequestUri!.AbsoluteUri switch
        {
            Address + "/.well-known/openid-configuration" => new { issuer = Address, jwks_uri = Address + "/keys" },
            Address + "/keys" => new { keys = new[] { new { kty = "RSA", use = "sig", kid = key.Kid, n = key.N, e = key.E } } },
            _ => null,
        };
        return Task.FromResult(new HttpResponseMessage(answer is null ? HttpStatusCode.NotFound : HttpStatusCode.OK) { Content = JsonContent.Create(answer) });
    }
}
