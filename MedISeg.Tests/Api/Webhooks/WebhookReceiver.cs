using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MedISeg.Tests.Api.Webhooks;

/// <summary>A server on the loopback that is told of jobs: keeps what it gets, and answers as the test wants.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    /// <summary>Secret that these tests sign with, and another one.</summary>
    public const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", OtherSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<WebhookCall> _calls = new();

    private WebhookReceiver(Func<int, HttpContext, Task> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(async context =>
        {
            using StreamReader reader = new(context.Request.Body);
            string body = await reader.ReadToEndAsync();
            WebhookCall call = new(context.Request.Path, context.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()), body);
            int count;
            lock (_calls)
            {
                _calls.Enqueue(call);
                count = _calls.Count;
            }
            await answer(count, context);
        });
    }

    /// <summary>Where it listens.</summary>
    public string Address => _app.Urls.Single() + "/hook";

    /// <summary>What it got, in this order.</summary>
    public IReadOnlyList<WebhookCall> Calls => [.. _calls];

    /// <summary>Starts one.</summary>
    /// <param name="answer">Answers the n-th call, from 1.</param>
    public static async Task<WebhookReceiver> StartAsync(Func<int, HttpContext, Task> answer)
    {
        WebhookReceiver receiver = new(answer);
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>Starts one that answers with these statuses, the last one for ever.</summary>
    public static Task<WebhookReceiver> StartAsync(params int[] statuses) => StartAsync((count, context) =>
    {
        context.Response.StatusCode = statuses[Math.Min(count, statuses.Length) - 1];
        return Task.CompletedTask;
    });

    /// <summary>Settings of a service that tells it at once, and again soon.</summary>
    public Dictionary<string, string> Settings(string name = "his") => new()
    {
        [$"Webhooks:Targets:{name}:Url"] = Address, [$"Webhooks:Targets:{name}:Secret"] = Secret, ["Webhooks:FirstRetry"] = "00:00:00", ["Webhooks:LongestRetry"] = "00:00:01",
        ["Webhooks:Timeout"] = "00:00:02",
    };

    /// <summary>Waits until it was called as often.</summary>
    public async Task<IReadOnlyList<WebhookCall>> CallsAsync(int count)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
        while (_calls.Count < count) await Task.Delay(20, limit.Token);
        return Calls;
    }

    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource now = new();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}

/// <summary>One call.</summary>
internal sealed record WebhookCall(string Path, IReadOnlyDictionary<string, string> Headers, string Body);
