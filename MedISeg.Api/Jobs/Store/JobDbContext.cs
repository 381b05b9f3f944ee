using System.Text.Json;
using MedISeg.Imaging.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace MedISeg.Api.Jobs.Store;

/// <summary>The job store's model. Uses nothing that SQLite and PostgreSQL do not share: text, integers and doubles.</summary>
internal class JobDbContext : DbContext
{
    /// <summary>In SQLite.</summary>
    public JobDbContext(DbContextOptions<JobDbContext> options) : base(options)
    {
    }

    /// <summary>In another database.</summary>
    protected JobDbContext(DbContextOptions options) : base(options)
    {
    }

    /// <summary>Jobs.</summary>
    public DbSet<JobRecord> Jobs => Set<JobRecord>();

    /// <summary>Series that routing rules have had segmented.</summary>
    public DbSet<RoutedRecord> Routed => Set<RoutedRecord>();

    /// <summary>What webhooks shall hear.</summary>
    public DbSet<NotificationRecord> Notifications => Set<NotificationRecord>();

    /// <summary>Keys made by the service.</summary>
    public DbSet<ApiKeyRecord> ApiKeys => Set<ApiKeyRecord>();

    /// <summary>Keeps other processes from starting until this context is disposed of. Of SQLite there is one process.</summary>
    public virtual Task LockStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Keeps other processes from adding jobs until the transaction ends. Of SQLite there is one process.</summary>
    public virtual Task LockAdmissionAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcMilliseconds>();
        configurationBuilder.Properties<Enum>().HaveMaxLength(32);
    }

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<JobRecord>(job =>
        {
            job.ToTable("jobs");
            job.HasKey(j => j.Sequence);
            job.Property(j => j.Sequence).ValueGeneratedOnAdd();
            job.Property(j => j.Id).HasMaxLength(32).IsRequired();
            job.HasIndex(j => j.Id).IsUnique();
            job.HasIndex(j => new { j.State, j.Priority, j.Turn, j.Sequence });
            job.HasIndex(j => new { j.Owner, j.Sequence });
            job.HasIndex(j => j.ExpiresAt);
            job.Property(j => j.Owner).HasMaxLength(63);
            job.Property(j => j.ModelName).HasMaxLength(63);
            job.Property(j => j.ModelVersion).HasMaxLength(32);
            job.Property(j => j.ModelSha256).HasMaxLength(64);
            job.Property(j => j.DeliverTo).HasMaxLength(63);
            job.HasIndex(j => new { j.Delivery, j.DeliverAt });
            job.Property(j => j.Delivery).HasConversion(new KebabCase<DeliveryState>());
            job.Property(j => j.State).HasConversion(new KebabCase<JobState>());
            job.Property(j => j.InputKind).HasConversion(new KebabCase<InputKind>());
            job.Property(j => j.Phase).HasConversion(new KebabCase<Inference.SegmentationPhase>());
        });
        modelBuilder.Entity<RoutedRecord>(routed =>
        {
            routed.ToTable("routed");
            routed.HasKey(r => r.Key);
            routed.Property(r => r.Key).HasMaxLength(32);
            routed.HasIndex(r => r.RoutedAt);
        });
        modelBuilder.Entity<NotificationRecord>(notification =>
        {
            notification.ToTable("notifications");
            notification.HasKey(n => n.Id);
            notification.Property(n => n.Id).HasMaxLength(32);
            notification.Property(n => n.JobId).HasMaxLength(32);
            notification.Property(n => n.Target).HasMaxLength(63);
            notification.Property(n => n.Events).HasMaxLength(63);
            notification.Property(n => n.ModelName).HasMaxLength(63);
            notification.Property(n => n.ModelVersion).HasMaxLength(32);
            notification.HasIndex(n => n.JobId);
            notification.HasIndex(n => new { n.Delivery, n.DueAt });
            notification.Property(n => n.State).HasConversion(new KebabCase<JobState>());
            notification.Property(n => n.Code).HasConversion(new KebabCase<ErrorCode>());
            notification.Property(n => n.Delivery).HasConversion(new KebabCase<DeliveryState>());
        });
        modelBuilder.Entity<ApiKeyRecord>(key =>
        {
            key.ToTable("api_keys");
            key.HasKey(k => k.Name);
            key.Property(k => k.Name).HasMaxLength(63);
            key.Property(k => k.Sha256).HasMaxLength(64);
        });
    }

    private sealed class UtcMilliseconds() : ValueConverter<DateTimeOffset, long>(
        time => time.ToUnixTimeMilliseconds(), value => DateTimeOffset.FromUnixTimeMilliseconds(value));

    private sealed class KebabCase<T>() : ValueConverter<T, string>(
        value => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString()),
        text => Enum.Parse<T>(text.Replace("-", "", StringComparison.Ordinal), true)) where T : struct, Enum;
}
