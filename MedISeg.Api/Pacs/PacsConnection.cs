using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MedISeg.Api.Pacs;

/// <summary>Makes the connection to an archive; tests lead it elsewhere.</summary>
internal delegate HttpMessageHandler PacsConnect(ArchiveOptions archive);

/// <summary>Connections to archives: no redirects, no proxy of the environment, certificates as configured.</summary>
internal static class PacsConnection
{
    /// <summary>Longest life of a connection, so that a changed address or certificate is met.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>Opens connections as configured.</summary>
    public static HttpMessageHandler Create(ArchiveOptions archive)
    {
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false, UseCookies = false, UseProxy = false, PooledConnectionLifetime = Lifetime,
        };
        if (archive.CertificateFile is { } certificate)
            handler.SslOptions.LocalCertificateSelectionCallback =
                (_, _, _, _, _) => X509Certificate2.CreateFromPemFile(certificate, archive.CertificateKeyFile);
        if (archive.AuthorityFile is { } authorities)
        {
            X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPemFile(authorities);
            handler.SslOptions.CertificateChainPolicy = policy;
        }
        return handler;
    }

    /// <summary>Adds the archive's credentials to each request.</summary>
    public sealed class Credentials(ArchiveOptions archive, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        /// <inheritdoc />
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (archive.TokenFile is { } token)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await SecretAsync(token, cancellationToken).ConfigureAwait(false));
            else if (archive.User is { } user)
            {
                string password = await SecretAsync(archive.PasswordFile!, cancellationToken).ConfigureAwait(false);
                request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
            }
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }

        private static async Task<string> SecretAsync(string file, CancellationToken cancellationToken) =>
            (await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false)).TrimEnd();
    }
}
