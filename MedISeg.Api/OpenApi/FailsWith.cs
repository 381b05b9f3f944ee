using MedISeg.Imaging.Errors;

namespace MedISeg.Api.OpenApi;

/// <summary>Codes that an address answers with, for its description.</summary>
internal sealed record FailsWith(IReadOnlyList<ErrorCode> Codes);

/// <summary>Adds <see cref="FailsWith"/> to an address.</summary>
internal static class FailsWithExtensions
{
    /// <summary>Says which problems an address answers with, beside those that every address has.</summary>
    public static RouteHandlerBuilder Fails(this RouteHandlerBuilder route, params ErrorCode[] codes) => route.WithMetadata(new FailsWith(codes));
}
