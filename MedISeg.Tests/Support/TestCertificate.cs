using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MedISeg.Tests.Support;

/// <summary>A certificate that signs itself, good for a day.</summary>
internal sealed class TestCertificate : IDisposable
{
    private readonly RSA _key = RSA.Create(2048);
    private readonly X509Certificate2 _certificate;

    /// <summary>Makes one for a host.</summary>
    public TestCertificate(string host)
    {
        CertificateRequest request = new("CN=" + host, _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        _certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
    }

    /// <summary>What tells it from others.</summary>
    public string Thumbprint => _certificate.Thumbprint;

    /// <summary>Writes <c>tls.crt</c> and <c>tls.key</c> into a folder.</summary>
    public async Task WriteAsync(string folder)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "tls.crt"), _certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(folder, "tls.key"), _key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }
}
