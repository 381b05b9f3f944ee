using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MedISeg.Api.Hosting;
using MedISeg.Api.Problems;
using MedISeg.Imaging.Errors;
using Microsoft.AspNetCore.Authorization;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace MedISeg.Api.OpenApi;

/// <summary>Describes the problems that an address answers with, each with an example.</summary>
internal sealed class ProblemFilter(Addresses addresses) : IOperationFilter
{
    private const string TraceId = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

    /// <inheritdoc />
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        IList<object> metadata = context.ApiDescription.ActionDescriptor.EndpointMetadata;
        bool open = metadata.OfType<IAllowAnonymous>().Any();
        if (open) operation.Security = [];
        IEnumerable<ErrorCode> codes = metadata.OfType<FailsWith>().SelectMany(fails => fails.Codes);
        if (!open) codes = codes.Append(ErrorCode.Unauthenticated).Append(ErrorCode.Forbidden).Append(ErrorCode.QuotaExceeded).Append(ErrorCode.Internal);
        IOpenApiSchema schema = context.SchemaGenerator.GenerateSchema(typeof(Problem), context.SchemaRepository);
        operation.Responses ??= [];
        foreach (IGrouping<int, ProblemKind> status in codes.Distinct().Select(ProblemTable.Of).GroupBy(kind => kind.Status).OrderBy(group => group.Key))
            operation.Responses[status.Key.ToString(CultureInfo.InvariantCulture)] = Response(status, schema);
    }

    private OpenApiResponse Response(IEnumerable<ProblemKind> kinds, IOpenApiSchema schema) => new()
    {
        Description = string.Join(" ", kinds.Select(kind => $"`{kind.Name}`: {kind.Title}")),
        Content = new Dictionary<string, IOpenApiMediaType>
        {
            [ProblemResponse.MediaType] = new OpenApiMediaType
            {
                Schema = schema,
                Examples = kinds.ToDictionary(
                    kind => kind.Name, kind => (IOpenApiExample)new OpenApiExample { Summary = kind.Title, Value = Example(kind) }, StringComparer.Ordinal),
            },
        },
    };

    private JsonNode Example(ProblemKind kind) =>
        JsonSerializer.SerializeToNode(Problem.Create(addresses, kind.Code, kind.Help, TraceId), ApiJson.Options)!;
}
