using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

public sealed class OidcTests : IDisposable
{
    private readonly TestIdentityProvider _provider = new();

    public void Dispose() => _provider.Dispose();

    [Fact]
    public async Task Post_TokenWithScopes_IsItsSubjectsJobAndNobodyElses()
    {
        await using ApiHost host = _provider.Host();
        HttpClient alice = With(host, _provider.Token("alice@clinic", "openid segment read")), bob = With(host, _provider.Token("bob", "read segment"));

        string id = await alice.QueueAsync(Form(TestImages.SmallNifti()));
        JsonNode job = await alice.JobAtEndAsync(id);
        using HttpResponseMessage foreign = await bob.GetAsync($"{Jobs}/{id}");
        using HttpResponseMessage search = await alice.GetAsync("/v1/pacs");

        Assert.Equal(("succeeded", "oidc:alice@clinic"), ((string)job["state"]!, (string)job["owner"]!));
        await ProblemAsync(foreign, HttpStatusCode.NotFound, "unknown-job");
        await ProblemAsync(search, HttpStatusCode.Forbidden, "forbidden", "'pacs'");
    }

    [Fact]
    public async Task Get_SubjectThatIsNoName_IsKnownByItsHash()
    {
        await using ApiHost host = _provider.Host();
        const string subject = "two\nlines of CANARY";

        string id = await With(host, _provider.Token(subject, "segment read")).QueueAsync(Form(TestImages.SmallNifti()));
        JsonNode job = await With(host, _provider.Token(subject, "read")).JobAtEndAsync(id);

        Assert.Equal("oidc-sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(subject)))[..32], (string?)job["owner"]);
    }

    [Fact]
    public async Task Get_RolesAreGranted_AllowWhatTheyAreGrantedAndNothingElse()
    {
        await using ApiHost host = _provider.Host(
            ("Auth:Oidc:ScopeClaims:0", "roles"), ("Auth:Oidc:Grants:0:Value", "radiology"), ("Auth:Oidc:Grants:0:Scopes:0", "read"),
            ("Auth:Oidc:Grants:0:Scopes:1", "pacs"));
        string roles = _provider.Token("alice", "segment", token => token.Subject.AddClaims([new Claim("roles", "radiology"), new Claim("roles", "admin")]));
        HttpClient client = With(host, roles);

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v1/models")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v1/pacs")).StatusCode);
        using HttpResponseMessage segment = await client.PostAsync(Form(TestImages.SmallNifti()));
        await ProblemAsync(segment, HttpStatusCode.Forbidden, "forbidden", "'segment'");
    }

    [Theory]
    [InlineData("audience")]
    [InlineData("issuer")]
    [InlineData("expired")]
    [InlineData("not yet")]
    [InlineData("no end")]
    [InlineData("no subject")]
    [InlineData("foreign key")]
    [InlineData("public key as secret")]
    [InlineData("not signed")]
    [InlineData("changed")]
    [InlineData("no token")]
    public async Task Get_BadToken_IsUnauthenticated(string fault)
    {
        await using ApiHost host = _provider.Host();
        using RSA foreign = RSA.Create(2048);
        string good = _provider.Token("alice", "read");
        string[] parts = good.Split('.');
        string token = fault switch
        {
            "audience" => _provider.Token("alice", "read", t => t.Audience = "other"),
            "issuer" => _provider.Token("alice", "read", t => t.Issuer = "https://login.test/other"),
            "expired" => _provider.Token("alice", "read", t => (t.NotBefore, t.Expires) = (TestIdentityProvider.Now.AddHours(-2), TestIdentityProvider.Now.AddMinutes(-2))),
            "not yet" => _provider.Token("alice", "read", t => t.NotBefore = TestIdentityProvider.Now.AddMinutes(2)),
            "no end" => _provider.Token("alice", "read", t => t.Expires = null),
            "no subject" => _provider.Token(null, "read"),
            "foreign key" => _provider.Token("alice", "read",
                t => t.SigningCredentials = new SigningCredentials(new RsaSecurityKey(foreign) { KeyId = "one" }, SecurityAlgorithms.RsaSha256)),
            // Whoever takes the published key for a shared secret lets everyone sign.
            "public key as secret" => _provider.Token("alice", "read", t => t.SigningCredentials = new SigningCredentials(
                new SymmetricSecurityKey(_provider.Key.Rsa.ExportSubjectPublicKeyInfo()) { KeyId = "one" }, SecurityAlgorithms.HmacSha256)),
            "not signed" => new JsonWebTokenHandler().CreateToken($$"""{"iss":"{{TestIdentityProvider.Address}}","aud":"mediseg","sub":"alice","scope":"read","exp":4102444800}"""),
            "changed" => $"{parts[0]}.{Base64UrlEncoder.Encode(Base64UrlEncoder.Decode(parts[1]).Replace("\"read\"", "\"admin\"", StringComparison.Ordinal))}.{parts[2]}",
            _ => "eyJ.eyJ.x",
        };

        Assert.Equal(HttpStatusCode.OK, (await With(host, good).GetAsync("/v1/models")).StatusCode);
        using HttpResponseMessage response = await With(host, token).GetAsync("/v1/models");

        await ProblemAsync(response, HttpStatusCode.Unauthorized, "unauthenticated");
        Assert.DoesNotContain(host.Log.Lines, line => line.Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Get_ProviderIsDown_KeysStillOpenAndTokensDoNot()
    {
        _provider.IsDown = true;
        await using ApiHost host = _provider.Host(("Auth:Keys:0:Name", "ward"), ("Auth:Keys:0:Sha256", TestKeys.Hash("ward")));

        Assert.Equal(HttpStatusCode.OK, (await host.As("ward").GetAsync("/v1/models")).StatusCode);
        using HttpResponseMessage response = await With(host, _provider.Token("alice", "admin")).GetAsync("/v1/models");

        await ProblemAsync(response, HttpStatusCode.Unauthorized, "unauthenticated");
        Assert.Contains(host.Log.Lines, line => line.Contains("Token refused: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Get_TokenOfAnyIssuerAndNoProvider_IsUnauthenticated()
    {
        await using ApiHost host = new(TestKeys.Settings(("ward", [])));

        using HttpResponseMessage response = await With(host, _provider.Token("alice", "admin")).GetAsync("/v1/models");

        await ProblemAsync(response, HttpStatusCode.Unauthorized, "unauthenticated");
    }

    private static HttpClient With(ApiHost host, string token)
    {
        HttpClient client = host.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }
}
