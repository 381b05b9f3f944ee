using MedISeg.Tests.Support;

namespace MedISeg.Tests.Api;

public sealed class PostgresJobStoreTests(PostgresServer server) : JobStoreTests, IClassFixture<PostgresServer>
{
    protected override int Processes => 3;

    protected override async Task<string?> ConnectionAsync() => await server.CreateDatabaseAsync();
}
