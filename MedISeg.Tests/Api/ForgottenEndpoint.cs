using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;

namespace MedISeg.Tests.Api;

/// <summary>Adds an address that says nothing of who may reach it.</summary>
internal sealed class ForgottenEndpoint : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        next(app);
        ((IEndpointRouteBuilder)app.Properties["__EndpointRouteBuilder"]!).MapGet("/forgotten", () => "reached");
    };
}
