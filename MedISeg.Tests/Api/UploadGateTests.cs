using System.Security.Claims;
using MedISeg.Api.Options;
using MedISeg.Api.Uploads;
using MedISeg.Imaging.Errors;
using Microsoft.AspNetCore.Http;
using static Microsoft.Extensions.Options.Options;

namespace MedISeg.Tests.Api;

public sealed class UploadGateTests
{
    private static readonly Upload Done = new([], 0, null, null, null);

    [Fact]
    public async Task Read_MoreBodiesAtOnceThanAllowed_IsRefusedForThisCallerUntilOneEnds()
    {
        using UploadGate gate = new(Create(new LimitOptions { UploadsPerCaller = 2 }), TimeProvider.System);
        TaskCompletionSource<Upload> first = new(), second = new();
        Task<Upload>[] held = [gate.ReadAsync(By("alice"), _ => first.Task), gate.ReadAsync(By("alice"), _ => second.Task)];

        SegmentationException refused = await Assert.ThrowsAsync<SegmentationException>(() => gate.ReadAsync(By("alice"), _ => Task.FromResult(Done)));
        Upload other = await gate.ReadAsync(By("bob"), _ => Task.FromResult(Done));
        second.SetException(new IOException());
        await Assert.ThrowsAsync<IOException>(() => held[1]);
        Upload again = await gate.ReadAsync(By("alice"), _ => Task.FromResult(Done));
        first.SetResult(Done);

        Assert.Equal(ErrorCode.QuotaExceeded, refused.Code);
        Assert.Same(Done, other);
        Assert.Same(Done, again);
        Assert.Same(Done, await held[0]);
    }

    [Fact]
    public async Task Read_BodyThatTakesTooLong_IsToldToStopAndRefused()
    {
        using UploadGate gate = new(Create(new LimitOptions { MaxUploadTime = TimeSpan.FromMilliseconds(50) }), TimeProvider.System);

        SegmentationException refused = await Assert.ThrowsAsync<SegmentationException>(() => gate.ReadAsync(By("alice"), ForeverAsync));

        Assert.Equal(ErrorCode.MalformedRequest, refused.Code);
        Assert.Contains("Limits:MaxUploadTime", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_ClientGoesAway_IsNoRefusal()
    {
        using UploadGate gate = new(Create(new LimitOptions()), TimeProvider.System);
        using CancellationTokenSource gone = new();
        HttpContext context = By("alice");
        context.RequestAborted = gone.Token;

        Task<Upload> reading = gate.ReadAsync(context, ForeverAsync);
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    private static DefaultHttpContext By(string caller) => new() { User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, caller)], "test")) };

    private static async Task<Upload> ForeverAsync(CancellationToken stop)
    {
        await Task.Delay(Timeout.Infinite, stop);
        return Done;
    }
}
