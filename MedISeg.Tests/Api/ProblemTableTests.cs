using System.Text.Json.Nodes;
using MedISeg.Api.Hosting;
using MedISeg.Api.Options;
using MedISeg.Api.Problems;
using MedISeg.Imaging.Errors;

namespace MedISeg.Tests.Api;

public sealed class ProblemTableTests
{
    private static readonly Addresses Below = new(Microsoft.Extensions.Options.Options.Create(new ProxyOptions()));

    [Fact]
    public void All_EveryErrorCode_HasExactlyOneRow() =>
        Assert.Equal(Enum.GetValues<ErrorCode>().Order(), ProblemTable.All.Select(kind => kind.Code).Order());

    [Fact]
    public void All_Names_AreThoseOfTheSchema()
    {
        JsonNode schema = JsonNode.Parse(Schemas.Text("problem.schema.json"))!;
        IEnumerable<string> codes = schema["definitions"]!["code"]!["enum"]!.AsArray().Select(code => (string)code!);

        Assert.Equal(codes.Order(StringComparer.Ordinal), ProblemTable.All.Select(kind => kind.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(ErrorCode.EmptyBody, "empty-body", 400)]
    [InlineData(ErrorCode.UnknownOption, "unknown-option", 400)]
    [InlineData(ErrorCode.UnknownPacs, "unknown-pacs", 404)]
    [InlineData(ErrorCode.UnknownSeries, "unknown-series", 404)]
    [InlineData(ErrorCode.NotAcceptable, "not-acceptable", 406)]
    [InlineData(ErrorCode.JobNotFinished, "job-not-finished", 409)]
    [InlineData(ErrorCode.TooLarge, "too-large", 413)]
    [InlineData(ErrorCode.UnsupportedTransferSyntax, "unsupported-transfer-syntax", 415)]
    [InlineData(ErrorCode.ViewNotAllowed, "view-not-allowed", 422)]
    [InlineData(ErrorCode.QuotaExceeded, "quota-exceeded", 429)]
    [InlineData(ErrorCode.ModelFailed, "model-failed", 500)]
    [InlineData(ErrorCode.PacsFailed, "pacs-failed", 502)]
    [InlineData(ErrorCode.ShuttingDown, "shutting-down", 503)]
    [InlineData(ErrorCode.StoreUnavailable, "store-unavailable", 503)]
    [InlineData(ErrorCode.StorageFull, "storage-full", 503)]
    [InlineData(ErrorCode.ArtifactUnreadable, "artifact-unreadable", 500)]
    [InlineData(ErrorCode.JobAbandoned, "job-abandoned", 500)]
    public void Of_Code_HasTheStableNameAndStatus(ErrorCode code, string name, int status)
    {
        ProblemKind kind = ProblemTable.Of(code);

        Assert.Equal((name, status, "/problems/" + name), (kind.Name, kind.Status, kind.Type));
    }

    [Fact]
    public void Create_ServerFault_SaysTitleAndTraceIdOnly()
    {
        Problem problem = Problem.Create(Below, ErrorCode.Internal, "secret", "trace", null, [new KeyError("key", "secret")]);

        Assert.Null(problem.Detail);
        Assert.Null(problem.Errors);
        Assert.Equal("Try again.", Problem.Create(Below, ErrorCode.PacsFailed, "Try again.", "trace").Detail);
        Assert.Equal(("The service failed.", "trace", 500), (problem.Title, problem.TraceId, problem.Status));
    }
}
