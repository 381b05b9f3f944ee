namespace MedISeg.Api.Jobs.Store;

/// <summary>How far the delivery of a result to an archive is.</summary>
public enum DeliveryState
{
    /// <summary>The archive has not taken it yet.</summary>
    Pending,
    /// <summary>The archive has it.</summary>
    Delivered,
    /// <summary>Given up after too many failures; it can be asked for again.</summary>
    DeadLettered,
}
