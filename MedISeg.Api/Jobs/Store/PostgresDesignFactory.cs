using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace MedISeg.Api.Jobs.Store;

/// <summary>Lets <c>dotnet ef migrations add --context PostgresJobDbContext</c> build the model without a server.</summary>
internal sealed class PostgresDesignFactory : IDesignTimeDbContextFactory<PostgresJobDbContext>
{
    /// <inheritdoc />
    public PostgresJobDbContext CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<PostgresJobDbContext>().UseNpgsql().Options);
}
