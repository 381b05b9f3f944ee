using MedISeg.Api.Auth;
using MedISeg.Api.Results;
using MedISeg.Dicom;
using MedISeg.Dicom.Pixels;
using MedISeg.Imaging.Formats;
using MedISeg.Inference.Options;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace MedISeg.Api.Capabilities;

/// <summary>What this host reads and writes.</summary>
internal static class CapabilitiesEndpoints
{
    /// <summary>Maps <c>/v1/capabilities</c>.</summary>
    public static void MapCapabilities(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/v1/capabilities").WithTags("Models").MapGet("", Get).WithName("getCapabilities").Produces<CapabilitiesDocument>()
            .RequireScope(Scopes.Read);

    /// <summary>Lists what this host reads and writes</summary>
    /// <remarks>Image formats, DICOM transfer syntaxes and kinds of results. A syntax that is not decoded names the system package that it
    /// needs; pixels of any other syntax are refused as unsupported-transfer-syntax.</remarks>
    private static JsonHttpResult<CapabilitiesDocument> Get([FromServices] FrameDecoder decoder, [FromServices] IEnumerable<IResultEncoder> encoders) =>
        TypedResults.Json(
            new CapabilitiesDocument(
                Enum.GetValues<ImageFormat>(),
                [.. DicomTransferSyntax.All.OrderBy(syntax => syntax.Uid, StringComparer.Ordinal).Select(syntax => Of(decoder, syntax))],
                [.. encoders.Select(encoder => new ResultKindDocument(encoder.Name, encoder.MediaTypes))]),
            SegmentationOptions.Json);

    private static TransferSyntaxDocument Of(FrameDecoder decoder, DicomTransferSyntax syntax)
    {
        bool isDecoded = decoder.CanDecode(syntax);
        return new TransferSyntaxDocument(syntax.Uid, syntax.Name, syntax.IsLossy, isDecoded, isDecoded ? null : FrameDecoder.PackageOf(syntax));
    }
}
