using System.ComponentModel.DataAnnotations;
using MedISeg.Api.Options;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Pacs;

/// <summary>Section <c>Pacs</c>: the archives that can be asked. Nothing else is ever connected to.</summary>
public sealed class PacsOptions
{
    /// <summary>Archives by name; lower-case letters, digits and hyphens, at most 63. Default none.</summary>
    public IReadOnlyDictionary<string, ArchiveOptions> Archives { get; init; } = new Dictionary<string, ArchiveOptions>();

    /// <summary>Tries to deliver a result before it is dead-lettered, 1 to 1000; each try has tries of its own. Default 30.</summary>
    [Range(1, 1000)]
    public int DeliveryAttempts { get; init; } = 30;

    /// <summary>Wait after the first failed delivery, 0 s to 1 h; it doubles. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan FirstRedelivery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait between two deliveries, 1 s to 1 day. Default 30 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LongestRedelivery { get; init; } = TimeSpan.FromMinutes(30);
}

/// <summary>One archive. Secrets come from files, which are read anew for every connection or request, so that they can change.</summary>
public sealed class ArchiveOptions
{
    /// <summary>Root of its DICOMweb service, http or https, for instance <c>https://pacs.example/dicom-web/</c>.</summary>
    public Uri? Url { get; init; }

    /// <summary>User of basic authentication; with <see cref="PasswordFile"/>.</summary>
    public string? User { get; init; }

    /// <summary>File with the password; white space at its end is left out.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>File with a bearer token.</summary>
    public string? TokenFile { get; init; }

    /// <summary>PEM file of the client's certificate; with <see cref="CertificateKeyFile"/>.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file of the certificate's private key.</summary>
    public string? CertificateKeyFile { get; init; }

    /// <summary>PEM file of the authorities that the archive's certificate must come from; absent: those of the system.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>Tries of one operation, 1 to 20. Default 4.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>Wait before the second try, 0 s to 1 min; it doubles, with jitter. Default 1 s.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest time of one try of a search, 1 s to 1 h. Default 1 min.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest time of one try of fetching or sending objects, 1 s to 1 day. Default 30 min.</summary>
    public TimeSpan TransferTimeout { get; init; } = TimeSpan.FromMinutes(30);
}

/// <summary>Checks <see cref="PacsOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class PacsOptionsValidator : IValidateOptions<PacsOptions>;

/// <summary>Checks the archives.</summary>
internal sealed class ArchivesValidator : IValidateOptions<PacsOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, PacsOptions options)
    {
        List<string> errors = [];
        foreach ((string archive, ArchiveOptions given) in options.Archives)
        {
            string section = $"Pacs:Archives:{archive}";
            if (!ConfiguredName.IsValid(archive)) errors.Add($"{section}: a name has lower-case letters, digits and hyphens, at most 63.");
            if (given.Url is not { IsAbsoluteUri: true, Scheme: "http" or "https", Query: "", Fragment: "", UserInfo: "" })
                errors.Add($"{section}:Url must be an absolute http or https address without user, query and fragment.");
            if ((given.User is null) != (given.PasswordFile is null)) errors.Add($"{section}: User and PasswordFile go together.");
            if (given.User?.Contains(':', StringComparison.Ordinal) == true) errors.Add($"{section}:User must not hold a colon.");
            if (given.User is not null && given.TokenFile is not null) errors.Add($"{section}: give either User or TokenFile.");
            if ((given.CertificateFile is null) != (given.CertificateKeyFile is null)) errors.Add($"{section}: CertificateFile and CertificateKeyFile go together.");
            foreach (string? file in (string?[])[given.PasswordFile, given.TokenFile, given.CertificateFile, given.CertificateKeyFile, given.AuthorityFile])
                if (file is not null && !File.Exists(file)) errors.Add($"{section}: there is no file {file}.");
            if (given.Attempts is < 1 or > 20) errors.Add($"{section}:Attempts must be 1 to 20.");
            Check(given.FirstDelay, TimeSpan.Zero, TimeSpan.FromMinutes(1), section + ":FirstDelay", errors);
            Check(given.AnswerTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), section + ":AnswerTimeout", errors);
            Check(given.TransferTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), section + ":TransferTimeout", errors);
        }
        return errors.Count > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }

    private static void Check(TimeSpan given, TimeSpan least, TimeSpan most, string key, List<string> errors)
    {
        if (given < least || given > most) errors.Add($"{key} must be {least} to {most}.");
    }
}
