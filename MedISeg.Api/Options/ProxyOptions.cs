using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Options;

/// <summary>Section <c>Proxy</c>: reverse proxies before the service.</summary>
public sealed class ProxyOptions
{
    /// <summary>Addresses (<c>10.0.0.5</c>) and networks (<c>10.0.0.0/24</c>) of the proxies. Only from these are X-Forwarded-For, -Proto and -Host taken.
    /// Default none: the headers have no effect.</summary>
    public IReadOnlyList<string> Known { get; init; } = [];

    /// <summary>How many proxies a request passes, 1 to 10: so many entries of the headers count, from the last. Default 1.</summary>
    [Range(1, 10)]
    public int Hops { get; init; } = 1;

    /// <summary>Path below which the proxy shows the service, such as <c>/mediseg</c>, which all its links begin with. A request may bear it or not. Default empty.</summary>
    [RegularExpression("^(/[A-Za-z0-9._~-]+)*$")]
    public string PathBase { get; init; } = "";

    /// <summary>The networks of <see cref="Known"/>; an address is a network of one.</summary>
    internal IEnumerable<IPNetwork?> Networks => Known.Select(text =>
        IPAddress.TryParse(text, out IPAddress? address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : IPNetwork.TryParse(text, out IPNetwork network) ? network : (IPNetwork?)null);
}

/// <summary>Checks <see cref="ProxyOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class ProxyOptionsValidator : IValidateOptions<ProxyOptions>;

/// <summary>Checks the proxies' addresses, and that a service which asks for no keys is not shown to the network by one.</summary>
internal sealed class KnownProxiesValidator(IOptions<AuthOptions> auth) : IValidateOptions<ProxyOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, ProxyOptions options)
    {
        if (options.Networks.Contains(null))
            return ValidateOptionsResult.Fail("Proxy:Known must hold addresses such as 10.0.0.5 and networks such as 10.0.0.0/24.");
        return options.Known.Count > 0 && auth.Value is { Mode: AuthMode.None, AllowAnonymousOnNetwork: false }
            ? ValidateOptionsResult.Fail("Proxy:Known is set and Auth:Mode is none: other machines would reach the service without a key. Set Auth:Mode to keys, or Auth:AllowAnonymousOnNetwork to true.")
            : ValidateOptionsResult.Success;
    }
}
