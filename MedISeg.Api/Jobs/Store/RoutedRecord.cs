namespace MedISeg.Api.Jobs.Store;

/// <summary>A series that a routing rule has had segmented. Holds no patient data.</summary>
internal sealed class RoutedRecord
{
    /// <summary>Hash of the series, its instances and the recipe; 32 hexadecimal digits.</summary>
    public required string Key { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset RoutedAt { get; set; }
}
