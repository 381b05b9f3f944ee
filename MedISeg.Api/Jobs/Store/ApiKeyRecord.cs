namespace MedISeg.Api.Jobs.Store;

/// <summary>A key made by the service. Only its hash is kept.</summary>
internal sealed class ApiKeyRecord
{
    /// <summary>Whom it belongs to.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the key, 64 lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }
}
