using System.Collections.Frozen;
using Microsoft.AspNetCore.Authorization;

namespace MedISeg.Api.Auth;

/// <summary>What a caller may do. Each is the name of a claim's value and of the policy that asks for it.</summary>
internal static class Scopes
{
    /// <summary>Start jobs and delete them.</summary>
    public const string Segment = "segment";

    /// <summary>See jobs, fetch results, see models.</summary>
    public const string Read = "read";

    /// <summary>Change the model repository.</summary>
    public const string ModelsWrite = "models:write";

    /// <summary>Search archives, segment what they have and send them results.</summary>
    public const string Pacs = "pacs";

    /// <summary>Everything, with the jobs of all callers.</summary>
    public const string Admin = "admin";

    /// <summary>Type of the claims that hold scopes, one each.</summary>
    public const string ClaimType = "scope";

    /// <summary>All scopes.</summary>
    public static FrozenSet<string> All { get; } = FrozenSet.ToFrozenSet([Segment, Read, ModelsWrite, Pacs, Admin], StringComparer.Ordinal);

    /// <summary>Registers a policy a scope, and closes to all but administrators what names none.</summary>
    public static void AddScopes(this AuthorizationBuilder authorization)
    {
        foreach (string scope in All) authorization.AddPolicy(scope, policy => policy.RequireClaim(ClaimType, scope, Admin));
        // What is no address of ours answers 404 or 405 to everyone who has a key.
        authorization.SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().RequireAssertion(
            static check => check.Resource is not HttpContext context || context.GetEndpoint() is not RouteEndpoint || check.User.HasClaim(ClaimType, Admin)).Build());
    }

    /// <summary>Opens addresses to callers with a scope; with several calls they need all of them.</summary>
    public static T RequireScope<T>(this T routes, string scope) where T : IEndpointConventionBuilder => routes.RequireAuthorization(scope);
}
