using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MedISeg.Api.Auth;
using MedISeg.Inference;
using Microsoft.OpenApi;

namespace MedISeg.Api.OpenApi;

/// <summary>The OpenAPI document and the Swagger page.</summary>
internal static class OpenApiSetup
{
    private const string About =
        """
        Segments medical images: upload an image, name a model, get the segmentation back on exactly the grid of the image: a DICOM SEG of a
        DICOM series, a label map of anything else.

        **Start here**: *POST /v1/segmentations*, "Try it out", add a file (or the slices of a series as a file each, or as one zip archive),
        "Execute", "Download file". A request waits up to 20 s for its result (`Prefer: wait=N` changes that); a longer job answers 202 with
        its address.

        Errors are problem details (RFC 9457); each `type` is a page under [/problems](../problems). Not a medical device.
        """;

    /// <summary>Registers the generator.</summary>
    public static void AddApiDocument(this IServiceCollection services)
    {
        services.AddEndpointsApiExplorer();
        services.AddSwaggerGen(swagger =>
        {
            swagger.SwaggerDoc("v1", new OpenApiInfo
            {
                Title = "MedISeg",
                Version = "v1",
                Description = About,
                License = new OpenApiLicense { Name = "Apache-2.0", Identifier = "Apache-2.0" },
            });
            swagger.IncludeXmlComments(typeof(OpenApiSetup).Assembly);
            swagger.IncludeXmlComments(typeof(SegmentationPipeline).Assembly);
            swagger.AddSecurityDefinition(ApiKeyHandler.SchemeName, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = ApiKeyHandler.HeaderName,
                Description = "The key that the operator gave you. `Authorization: Bearer KEY` serves too, and so do tokens of the identity provider where one is configured. Not needed where Auth:Mode is none.",
            });
            swagger.AddSecurityRequirement(document => new OpenApiSecurityRequirement
            {
                [new OpenApiSecuritySchemeReference(ApiKeyHandler.SchemeName, document)] = [],
            });
            swagger.MapType<JsonNode>(() => new OpenApiSchema());
            swagger.MapType<JsonElement>(() => new OpenApiSchema());
            swagger.UseOneOfForPolymorphism();
            swagger.SelectSubTypesUsing(type => type.GetCustomAttributes<JsonDerivedTypeAttribute>(false).Select(derived => derived.DerivedType));
            swagger.SelectDiscriminatorNameUsing(type => type.GetCustomAttribute<JsonPolymorphicAttribute>(false)?.TypeDiscriminatorPropertyName);
            swagger.SelectDiscriminatorValueUsing(type => type.BaseType?.GetCustomAttributes<JsonDerivedTypeAttribute>(false)
                .FirstOrDefault(derived => derived.DerivedType == type)?.TypeDiscriminator as string);
            swagger.OperationFilter<ProblemFilter>();
            swagger.OperationFilter<SubmitFilter>();
            swagger.DocumentFilter<TagFilter>();
        });
    }

    /// <summary>Serves the document at /openapi/v1.json and the page at /swagger, both without a key.</summary>
    public static void UseApiDocument(this IApplicationBuilder app)
    {
        app.UseSwagger(swagger =>
        {
            swagger.RouteTemplate = "openapi/{documentName}.json";
            swagger.PreSerializeFilters.Add(static (document, request) =>
            {
                if (request.PathBase.HasValue) document.Servers = [new OpenApiServer { Url = request.PathBase.Value }];
            });
        });
        app.UseSwaggerUI(ui =>
        {
            ui.RoutePrefix = "swagger";
            ui.DocumentTitle = "MedISeg";
            ui.SwaggerEndpoint("../openapi/v1.json", "MedISeg v1");
            ui.EnableTryItOutByDefault();
            ui.EnableDeepLinking();
            ui.DisplayRequestDuration();
            ui.DefaultModelsExpandDepth(0);
        });
    }
}
