using System.Text.Json.Nodes;
using MedISeg.Api.Segmentations;
using MedISeg.Api.Uploads;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace MedISeg.Api.OpenApi;

/// <summary>Describes the upload, which the framework cannot see because the service reads the stream itself.</summary>
internal sealed class SubmitFilter : IOperationFilter
{
    private const string OptionsExample = "{\"slidingWindow\":{\"overlap\":[0.5]},\"tta\":{\"views\":[\"flip-i\"]}}";

    /// <inheritdoc />
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        if (operation.OperationId is "submitSegmentation")
        {
            operation.RequestBody = Body();
            operation.Parameters =
            [
                Query("model", "Raw bodies: model as `name` or `name@version`; may be left out where there is only one.", null),
                Query("notify", "Raw bodies: names of webhooks of the configuration that are told when the job has ended, with commas between them.", null),
                Query("options", "Raw bodies: options as JSON, for instance `" + OptionsExample + "`.", null),
            ];
            AddAnswers(operation, ["dcm", "nii.gz", "nii", "nrrd", "mha", "png", "json", "zip"]);
        }
        else if (operation.OperationId is "storeInstances" or "storeInstancesOfStudy")
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, IOpenApiMediaType>
                {
                    [BodyTypes.Related] = new OpenApiMediaType { Schema = Binary("DICOM objects, one a part, with parameter type=\"application/dicom\".") },
                    [BodyTypes.Dicom] = new OpenApiMediaType { Schema = Binary("One DICOM object.") },
                },
            };
        }
        else if (operation.OperationId is "submitPacsSegmentation")
        {
            AddAnswers(operation, ["dcm", "nii.gz", "nii", "nrrd", "mha", "json", "zip"]);
        }
        else if (operation.OperationId is "getSegmentationResult")
        {
            operation.Responses ??= [];
            operation.Responses["200"] = Result("The result, by Accept or ?format=; by default in the input's kind of file.");
        }
        else if (operation.OperationId is "followSegmentation")
        {
            operation.Responses ??= [];
            operation.Responses["200"] = new OpenApiResponse
            {
                Description = "Server-sent events: `state` at first and at every change of state, `progress` while the job runs, "
                    + "`done` with the whole job at the end.",
                Content = new Dictionary<string, IOpenApiMediaType>
                {
                    ["text/event-stream"] = new OpenApiMediaType
                    {
                        Schema = context.SchemaGenerator.GenerateSchema(typeof(JobEventDocument), context.SchemaRepository),
                    },
                },
            };
        }
        AddJobExample(operation);
        if (operation.Responses is not { } unsorted) return;
        // Good news first: the page takes the first answer's media types for Accept.
        OpenApiResponses sorted = [];
        foreach ((string status, IOpenApiResponse response) in unsorted.OrderBy(pair => pair.Key, StringComparer.Ordinal)) sorted.Add(status, response);
        operation.Responses = sorted;
    }

    /// <summary>What all requests that start a job have in common.</summary>
    private static void AddAnswers(OpenApiOperation operation, string[] formats)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(Query("format", "Kind of result; goes before Accept.", formats));
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = "Prefer", In = ParameterLocation.Header, Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            Description = "`wait=N`: wait up to N seconds for the result (20 by default). `respond-async`: answer 202 at once.",
        });
        operation.Responses ??= [];
        operation.Responses["201"] = Result("The result. `Location` is the job's address.");
        AddHeader(operation.Responses, "201", "Location", "Address of the job.");
        AddHeader(operation.Responses, "202", "Location", "Address of the job.");
        AddHeader(operation.Responses, "202", "Preference-Applied", "What of Prefer was heeded.");
    }

    private static void AddJobExample(OpenApiOperation operation)
    {
        string? status = operation.OperationId switch { "submitSegmentation" or "submitPacsSegmentation" => "202", "getSegmentation" => "200", _ => null };
        if (status is null || operation.Responses?[status].Content?["application/json"] is not OpenApiMediaType media) return;
        using Stream stream = typeof(SubmitFilter).Assembly.GetManifestResourceStream("job.example.json")
            ?? throw new InvalidOperationException("The assembly lacks the example of a job.");
        media.Example = JsonNode.Parse(stream);
    }

    private static OpenApiRequestBody Body()
    {
        Dictionary<string, IOpenApiMediaType> content = new(StringComparer.Ordinal)
        {
            ["multipart/form-data"] = new OpenApiMediaType
            {
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Required = new HashSet<string> { "image" },
                    Properties = new Dictionary<string, IOpenApiSchema>
                    {
                        ["image"] = new OpenApiSchema
                        {
                            Type = JsonSchemaType.Array,
                            Description = "DICOM, as one zip archive or a part for each file; NIfTI (.nii, .nii.gz), NRRD, MetaImage (.mha), PNG, JPEG or TIFF. "
                                + "Parts called like the model's inputs say the channel; else DICOM series find it by the model's rules, "
                                + "and other images by their order.",
                            Items = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
                            MinItems = 1,
                        },
                        ["model"] = new OpenApiSchema
                        {
                            Type = JsonSchemaType.String,
                            Description = "`name` or `name@version`; may be left out where there is only one. GET /v1/models lists them.",
                        },
                        ["notify"] = new OpenApiSchema
                        {
                            Type = JsonSchemaType.String,
                            Description = "Names of webhooks of the configuration that are told when the job has ended, with commas between them.",
                        },
                        ["options"] = new OpenApiSchema
                        {
                            Type = JsonSchemaType.String,
                            Description = "Options as JSON; GET /v1/tricks lists them. For instance `" + OptionsExample + "`.",
                            Default = JsonValue.Create("{}"),
                        },
                    },
                },
            },
        };
        foreach (string type in BodyTypes.Raw)
        {
            bool isArchive = type is "application/zip" or "application/x-zip-compressed";
            content[type] = new OpenApiMediaType { Schema = Binary(isArchive ? "A zip archive of a DICOM series, or of one image." : "The image itself.") };
        }
        content[BodyTypes.Related] = new OpenApiMediaType { Schema = Binary("DICOM objects, one a part, with parameter type=\"application/dicom\".") };
        return new OpenApiRequestBody { Required = true, Content = content };
    }

    /// <summary>The report is told, not listed: the page would show application/json as what it asks for, and ask for the first.</summary>
    private static OpenApiResponse Result(string description) => new()
    {
        Description = description + " `?format=json` or `Accept: application/json` gives the run report.",
        Content = new Dictionary<string, IOpenApiMediaType>
        {
            ["*/*"] = new OpenApiMediaType { Schema = Binary("The input's kind of file.") },
            ["application/dicom"] = new OpenApiMediaType { Schema = Binary("DICOM segmentation object of a DICOM series") },
            ["application/gzip"] = new OpenApiMediaType { Schema = Binary("Label map, .nii.gz") },
            ["application/x-nifti"] = new OpenApiMediaType { Schema = Binary("Label map, .nii") },
            ["application/x-nrrd"] = new OpenApiMediaType { Schema = Binary("Label map, .nrrd") },
            ["application/x-metaimage"] = new OpenApiMediaType { Schema = Binary("Label map, .mha") },
            ["image/png"] = new OpenApiMediaType { Schema = Binary("Label map of a picture, one label a pixel") },
            ["application/zip"] = new OpenApiMediaType { Schema = Binary("All of these") },
        },
    };

    private static OpenApiSchema Binary(string description) => new() { Type = JsonSchemaType.String, Format = "binary", Description = description };

    private static OpenApiParameter Query(string name, string description, string[]? values) => new()
    {
        Name = name,
        In = ParameterLocation.Query,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Enum = values is null ? null : [.. values.Select(value => (JsonNode)value)] },
    };

    private static void AddHeader(OpenApiResponses responses, string status, string name, string description)
    {
        if (!responses.TryGetValue(status, out IOpenApiResponse? found) || found is not OpenApiResponse response) return;
        response.Headers ??= new Dictionary<string, IOpenApiHeader>();
        response.Headers[name] = new OpenApiHeader { Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
    }
}
