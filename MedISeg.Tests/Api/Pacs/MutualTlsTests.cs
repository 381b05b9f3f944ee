using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MedISeg.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MedISeg.Tests.Api.Pacs;

/// <summary>An archive on the loopback that speaks TLS only, and only with who has a certificate of its authority.</summary>
public sealed class MutualTlsTests : IAsyncLifetime
{
    private static readonly DateTimeOffset From = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), To = new(2120, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new();
    private readonly X509Certificate2 _authority = Authority("CN=Archive authority"), _other = Authority("CN=Other authority");
    private readonly List<string> _callers = [];
    private WebApplication _server = null!;
    private Uri _address = null!;

    public async ValueTask InitializeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        X509Certificate2 certificate = Leaf(_authority, "CN=localhost", "server");
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https =>
        {
            https.ServerCertificate = certificate;
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (client, _, _) => IsOf(_authority, client);
        })));
        _server = builder.Build();
        _server.Run(context =>
        {
            lock (_callers) _callers.Add(context.Connection.ClientCertificate!.Subject);
            context.Response.ContentType = "application/dicom+json";
            return context.Response.WriteAsync("[]");
        });
        await _server.StartAsync();
        _address = new UriBuilder(_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()) { Host = "localhost" }.Uri;
        File.WriteAllText(PathOf("authority.pem"), _authority.ExportCertificatePem());
        File.WriteAllText(PathOf("other.pem"), _other.ExportCertificatePem());
        Leaf(_authority, "CN=MedISeg", "client").Dispose();
        Leaf(_other, "CN=Stranger", "stranger").Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _authority.Dispose();
        _other.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Search_OurCertificateAndTheirAuthority_IsAnswered()
    {
        using HttpResponseMessage response = await SearchAsync("authority.pem", "client");
        Assert.Equal((HttpStatusCode.OK, "[]"), (response.StatusCode, await response.Content.ReadAsStringAsync()));
        Assert.Equal(["CN=MedISeg"], _callers);
    }

    [Theory]
    [InlineData("authority.pem", null)]
    [InlineData("authority.pem", "stranger")]
    [InlineData("other.pem", "client")]
    [InlineData(null, "client")]
    public async Task Search_NoOrAnotherCertificateOrAuthority_IsNotConnected(string? authority, string? certificate)
    {
        using HttpResponseMessage response = await SearchAsync(authority, certificate);
        await ApiClient.ProblemAsync(response, HttpStatusCode.BadGateway, "pacs-failed", "cannot be reached");
        Assert.Empty(_callers);
    }

    private async Task<HttpResponseMessage> SearchAsync(string? authority, string? certificate)
    {
        Dictionary<string, string> settings = new() { ["Pacs:Archives:main:Url"] = _address.AbsoluteUri, ["Pacs:Archives:main:Attempts"] = "1" };
        if (authority is not null) settings["Pacs:Archives:main:AuthorityFile"] = PathOf(authority);
        if (certificate is not null)
            (settings["Pacs:Archives:main:CertificateFile"], settings["Pacs:Archives:main:CertificateKeyFile"]) = (PathOf(certificate + ".pem"), PathOf(certificate + ".key"));
        // The service's own way to connect.
        await using ApiHost host = new(settings);
        return await host.CreateClient().GetAsync("/v1/pacs/main/studies");
    }

    private string PathOf(string name) => Path.Combine(_folder.Path, name);

    private static X509Certificate2 Authority(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return request.CreateSelfSigned(From, To);
    }

    /// <summary>A certificate with its key; both are written, too.</summary>
    private X509Certificate2 Leaf(X509Certificate2 authority, string name, string file)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(name, key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 bare = request.Create(authority, From, To, RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(PathOf(file + ".pem"), bare.ExportCertificatePem());
        File.WriteAllText(PathOf(file + ".key"), key.ExportPkcs8PrivateKeyPem());
        return X509CertificateLoader.LoadPkcs12(bare.CopyWithPrivateKey(key).Export(X509ContentType.Pkcs12), null);
    }

    private static bool IsOf(X509Certificate2 authority, X509Certificate2 client)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(client);
    }
}
