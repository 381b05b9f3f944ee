using MedISeg.Api.Jobs.Store;
using Microsoft.EntityFrameworkCore;

namespace MedISeg.Tests.Api;

public sealed class SqliteJobStoreTests : JobStoreTests
{
    protected override int Processes => 1;

    [Fact]
    public async Task Connection_IsDurable()
    {
        await using JobDbContext db = OpenContext();

        Assert.Equal("wal", await db.Database.SqlQueryRaw<string>("SELECT journal_mode AS Value FROM pragma_journal_mode()").SingleAsync());
        // 2 is FULL: every commit is fsynced.
        Assert.Equal(2, await db.Database.SqlQueryRaw<int>("SELECT synchronous AS Value FROM pragma_synchronous()").SingleAsync());
    }

    protected override Task<string?> ConnectionAsync() => Task.FromResult<string?>(null);
}
