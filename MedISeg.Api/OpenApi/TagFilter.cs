using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace MedISeg.Api.OpenApi;

/// <summary>Describes the groups of addresses, in the order in which a person needs them.</summary>
internal sealed class TagFilter : IDocumentFilter
{
    /// <inheritdoc />
    public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context) => swaggerDoc.Tags = new HashSet<OpenApiTag>
    {
        new() { Name = "Segmentations", Description = "Send an image, follow the job, fetch the result, delete both." },
        new() { Name = "Models", Description = "Which models there are, the tricks that options switch on, and what is read and written." },
        new() { Name = "Health", Description = "Signs of life for orchestrators; open to everyone." },
    };
}
