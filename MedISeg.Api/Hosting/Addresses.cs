using System.Globalization;
using MedISeg.Api.Jobs;
using MedISeg.Api.Options;
using MedISeg.Api.Problems;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Hosting;

/// <summary>Addresses of the service as its clients know them: below the path at which a proxy shows it.</summary>
internal sealed class Addresses(IOptions<ProxyOptions> proxy)
{
    private readonly string _root = proxy.Value.PathBase;

    /// <summary>The page that shows the API.</summary>
    public string Swagger => _root + "/swagger";

    /// <summary>A job.</summary>
    public string Job(string id) => $"{_root}/v1/segmentations/{id}";

    /// <summary>A page of jobs.</summary>
    /// <param name="limit">Most jobs of it.</param>
    /// <param name="cursor">Where the page before ended.</param>
    /// <param name="state">Only jobs of this state; null: all.</param>
    public string Jobs(int limit, long cursor, JobState? state) => string.Create(CultureInfo.InvariantCulture,
        $"{_root}/v1/segmentations?limit={limit}&cursor={cursor:x}{(state is null ? "" : "&state=" + state.Value.Spelling())}");

    /// <summary>A package.</summary>
    public string Model(string name, string version) => $"{_root}/v1/models/{name}/{version}";

    /// <summary>The page of a problem.</summary>
    public string Problem(ProblemKind kind) => _root + kind.Type;
}
