using System.Data.Common;
using System.Text.Json.Nodes;
using MedISeg.Api.Hosting;
using MedISeg.Api.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace MedISeg.Tests.Api;

public sealed class ProblemMiddlewareTests
{
    public static TheoryData<Exception, int, string> Failures => new()
    {
        { new RetryLimitExceededException("CANARY", new TimeoutException()), 503, "store-unavailable" },
        { new Failure(true), 503, "store-unavailable" },
        { new Failure(false), 500, "internal" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Invoke_DatabaseFails_TellsWhetherToTryAgain(Exception failure, int status, string code)
    {
        await using ServiceProvider services = new ServiceCollection().AddOptions().AddSingleton<Addresses>().BuildServiceProvider();
        DefaultHttpContext context = new() { RequestServices = services };
        using MemoryStream body = new();
        context.Response.Body = body;

        await new ProblemMiddleware(_ => throw failure, NullLogger<ProblemMiddleware>.Instance).InvokeAsync(context);

        JsonNode problem = JsonNode.Parse(body.ToArray())!;
        Assert.Equal((status, code, null), (context.Response.StatusCode, (string?)problem["code"], (string?)problem["detail"]));
        Assert.Equal(status == 503, context.Response.Headers.ContainsKey("Retry-After"));
    }

    private sealed class Failure(bool isTransient) : DbException("CANARY")
    {
        public override bool IsTransient => isTransient;
    }
}
