using System.Security.Claims;

namespace MedISeg.Api.Auth;

/// <summary>Who sent a request.</summary>
internal static class Caller
{
    /// <summary>Name of the caller, owner of the jobs it starts.</summary>
    /// <exception cref="InvalidOperationException">The endpoint is open to everyone and has no caller.</exception>
    public static string Of(ClaimsPrincipal user) => user.Identity?.Name ?? throw new InvalidOperationException("The request has no caller.");

    /// <summary>Whose jobs the caller sees: its own, or null for those of all, which administrators see.</summary>
    /// <exception cref="InvalidOperationException">The endpoint is open to everyone and has no caller.</exception>
    public static string? Sees(ClaimsPrincipal user) => user.HasClaim(Scopes.ClaimType, Scopes.Admin) ? null : Of(user);
}
