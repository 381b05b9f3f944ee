using Microsoft.Extensions.Options;

namespace MedISeg.Api.Options;

/// <summary>Section <c>Cors</c>: pages of other sites that may use the service in a browser.</summary>
public sealed class CrossOriginOptions
{
    /// <summary>Their origins, like <c>https://viewer.example</c>. Default none.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];
}

/// <summary>Checks that origins are ones: nothing stands for all pages of the web.</summary>
internal sealed class CrossOriginOptionsValidator : IValidateOptions<CrossOriginOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, CrossOriginOptions options) =>
        options.Origins.All(origin => Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri) && origin == uri.GetLeftPart(UriPartial.Authority)
            && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps))
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Cors:Origins must be origins: scheme, host and, where it is not the usual one, port, as in https://viewer.example.");
}
