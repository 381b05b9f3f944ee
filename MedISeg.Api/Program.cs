using MedISeg.Api.Hosting;
using Microsoft.Extensions.Options;

try
{
    WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
    builder.AddMedISeg();
    WebApplication app = builder.Build();
    app.UseMedISeg();
    app.Run();
    return 0;
}
catch (Exception e) when (e is StartRefusedException or OptionsValidationException)
{
    Console.Error.WriteLine("MedISeg does not start: " + e.Message);
    return 1;
}
