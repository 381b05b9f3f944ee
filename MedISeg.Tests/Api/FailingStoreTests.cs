using System.Data.Common;
using System.Net;
using System.Text.Json.Nodes;
using MedISeg.Api.Jobs;
using MedISeg.Api.Jobs.Store;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

/// <summary>The database of the jobs fails for a while, for workers only.</summary>
public sealed class FailingStoreTests
{
    [Fact]
    public async Task Job_StoreFailsWhenItPublishes_SucceedsAfterwards()
    {
        string? root = null;
        FailingContexts? contexts = null;
        await using ApiHost host = new(services: services => contexts = FailingContexts.Wrap(services, () =>
            root is not null && Directory.EnumerateFiles(root, "labels.nii.gz", SearchOption.AllDirectories).Any()));
        HttpClient client = host.CreateClient();
        root = host.DataRoot;
        contexts!.Failures = 2;

        string id = await client.QueueAsync(Form(TestImages.SmallNifti()));

        Assert.Equal("succeeded", (string?)(await client.JobAtEndAsync(id))["state"]);
        Assert.Equal(0, contexts.Failures);
        using HttpResponseMessage result = await client.GetAsync($"{Jobs}/{id}/result");
        Assert.True(result.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Job_StoreFailsWhenAFailureIsRecorded_FailsAfterwards()
    {
        FailingContexts? contexts = null;
        // The first failure meets the job's first progress, which is forgiven; the others meet the recording of its end.
        await using ApiHost host = new(services: services => contexts = FailingContexts.Wrap(services, () =>
        {
            using JobDbContext db = contexts!.Inner.CreateDbContext();
            return db.Jobs.Any(job => job.State == JobState.Running);
        }));
        HttpClient client = host.CreateClient();
        contexts!.Failures = 3;

        string id = await client.QueueAsync(Form(TestImages.SmallNifti(gzip: false)[..400]));

        JsonNode job = await client.JobAtEndAsync(id);
        Assert.Equal("failed", (string?)job["state"]);
        Assert.Equal(0, contexts.Failures);
        using HttpResponseMessage result = await client.GetAsync($"{Jobs}/{id}/result");
        await ProblemAsync(result, HttpStatusCode.UnprocessableEntity, "truncated-image");
    }

    /// <summary>Fails as often as it is told where workers ask (they ask synchronously) and a condition holds.</summary>
    private sealed class FailingContexts(Func<bool> condition) : IDbContextFactory<JobDbContext>
    {
        public int Failures { get; set; }

        public IDbContextFactory<JobDbContext> Inner { get; private set; } = null!;

        public static FailingContexts Wrap(IServiceCollection services, Func<bool> condition)
        {
            ServiceDescriptor original = services.Last(service => service.ServiceType == typeof(IDbContextFactory<JobDbContext>));
            FailingContexts failing = new(condition);
            services.AddSingleton<IDbContextFactory<JobDbContext>>(provider =>
            {
                failing.Inner = (IDbContextFactory<JobDbContext>)(original.ImplementationFactory?.Invoke(provider)
                    ?? ActivatorUtilities.CreateInstance(provider, original.ImplementationType!));
                return failing;
            });
            return failing;
        }

        public JobDbContext CreateDbContext()
        {
            if (Failures <= 0 || !condition()) return Inner.CreateDbContext();
            Failures--;
            throw new Broken();
        }

        public Task<JobDbContext> CreateDbContextAsync(CancellationToken cancellationToken = default) => Inner.CreateDbContextAsync(cancellationToken);
    }

    private sealed class Broken : DbException
    {
        public override string Message => "The disk is full.";
    }
}
