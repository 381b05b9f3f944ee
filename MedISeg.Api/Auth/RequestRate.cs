using System.Globalization;
using System.Threading.RateLimiting;
using MedISeg.Api.Options;
using MedISeg.Api.Problems;
using MedISeg.Imaging.Errors;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Auth;

/// <summary>Takes so many requests a minute of each caller, and of each address from which requests come without valid credentials.</summary>
internal static class RequestRate
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>Registers it.</summary>
    public static void AddRequestRate(this IServiceCollection services)
    {
        services.AddRateLimiter(static _ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<LimitOptions>, IOptions<AuthOptions>>((limiter, limits, auth) =>
        {
            int most = limits.Value.RequestsPerMinute;
            // Probes ask at addresses that are open; in mode none there is one caller, and it is the whole machine.
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
                auth.Value.Mode == AuthMode.None || context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null
                    ? RateLimitPartition.GetNoLimiter("")
                    : RateLimitPartition.GetFixedWindowLimiter(Partition(context), _ => new FixedWindowRateLimiterOptions { PermitLimit = most, Window = Window }));
            limiter.OnRejected = (rejected, _) => RefuseAsync(rejected, most);
        });
    }

    private static string Partition(HttpContext context) => context.User.Identity is { IsAuthenticated: true, Name: { } name }
        ? "caller " + name
        : "address " + context.Connection.RemoteIpAddress;

    private static async ValueTask RefuseAsync(OnRejectedContext rejected, int most)
    {
        if (rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan wait))
            rejected.HttpContext.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        await ProblemResponse.WriteAsync(rejected.HttpContext, ErrorCode.QuotaExceeded,
            $"You sent more than {most} requests within a minute; wait as long as Retry-After says. The operator sets Limits:RequestsPerMinute.").ConfigureAwait(false);
    }
}
