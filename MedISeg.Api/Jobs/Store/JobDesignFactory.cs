using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace MedISeg.Api.Jobs.Store;

/// <summary>Lets <c>dotnet ef migrations add</c> build the model without starting the service.</summary>
internal sealed class JobDesignFactory : IDesignTimeDbContextFactory<JobDbContext>
{
    /// <inheritdoc />
    public JobDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<JobDbContext>().UseSqlite("Data Source=:memory:").Options);
}
