using MedISeg.Api.Pacs;
using Microsoft.Extensions.Options;

namespace MedISeg.Tests.Api.Pacs;

public sealed class PacsOptionsTests
{
    [Fact]
    public void Validate_WholeArchive_Succeeds() => Assert.True(Validate("main", new ArchiveOptions { Url = new Uri("https://pacs.test/dicom-web") }).Succeeded);

    [Fact]
    public void Validate_EveryFault_IsNamedAtOnce()
    {
        ValidateOptionsResult result = Validate("Main PACS", new ArchiveOptions
        {
            Url = new Uri("ftp://user@pacs.test/"), User = "a:b", TokenFile = "/does/not/exist", CertificateFile = "/does/not/exist", Attempts = 0,
            FirstDelay = TimeSpan.FromHours(1), AnswerTimeout = TimeSpan.Zero, TransferTimeout = TimeSpan.Zero,
        });
        Assert.True(result.Failed);
        foreach (string part in (string[])["a name has", ":Url must", "User and PasswordFile", "must not hold a colon", "either User or TokenFile",
                     "CertificateFile and CertificateKeyFile", "there is no file", ":Attempts", ":FirstDelay", ":AnswerTimeout", ":TransferTimeout"])
            Assert.Contains(part, result.FailureMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/dicom-web")]
    [InlineData("http://pacs.test/?a=b")]
    public void Validate_AddressThatIsNoRoot_Fails(string address) =>
        Assert.Contains(":Url must", Validate("main", new ArchiveOptions { Url = new Uri(address, UriKind.RelativeOrAbsolute) }).FailureMessage, StringComparison.Ordinal);

    private static ValidateOptionsResult Validate(string name, ArchiveOptions archive) =>
        new ArchivesValidator().Validate(null, new PacsOptions { Archives = new Dictionary<string, ArchiveOptions> { [name] = archive } });
}
