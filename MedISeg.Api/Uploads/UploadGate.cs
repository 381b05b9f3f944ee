using System.Threading.RateLimiting;
using MedISeg.Api.Auth;
using MedISeg.Api.Options;
using MedISeg.Imaging.Errors;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Uploads;

/// <summary>Lets a caller send so many bodies at once, and each for so long: what arrives is no job yet and in no quota.</summary>
internal sealed class UploadGate(IOptions<LimitOptions> limits, TimeProvider time) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _open = PartitionedRateLimiter.Create<string, string>(owner => RateLimitPartition.GetConcurrencyLimiter(
        owner, _ => new ConcurrencyLimiterOptions { PermitLimit = limits.Value.UploadsPerCaller, QueueLimit = 0 }));

    /// <summary>Reads a body.</summary>
    /// <param name="context">The request.</param>
    /// <param name="read">Reads it, until it is told to stop.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.QuotaExceeded"/>: the caller sends enough already;
    /// <see cref="ErrorCode.MalformedRequest"/>: it took too long.</exception>
    public async Task<Upload> ReadAsync(HttpContext context, Func<CancellationToken, Task<Upload>> read)
    {
        using RateLimitLease lease = _open.AttemptAcquire(Caller.Of(context.User));
        if (!lease.IsAcquired)
            throw new SegmentationException(ErrorCode.QuotaExceeded,
                $"You send {limits.Value.UploadsPerCaller} images at this moment, as many as a caller may; wait for one to end. The operator sets Limits:UploadsPerCaller.");
        using CancellationTokenSource late = new(limits.Value.MaxUploadTime, time);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(late.Token, context.RequestAborted);
        try
        {
            return await read(stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            throw new SegmentationException(ErrorCode.MalformedRequest,
                "The request body arrived too slowly; send it again over a faster connection. The operator sets Limits:MaxUploadTime.");
        }
    }

    /// <inheritdoc />
    public void Dispose() => _open.Dispose();
}
