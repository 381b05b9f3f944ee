namespace MedISeg.Api.Jobs.Dispatch;

/// <summary>What a queue of the broker knows of priorities, first served first: quorum queues themselves have none.</summary>
internal enum PriorityClass
{
    /// <summary>Above 0.</summary>
    High,
    /// <summary>0.</summary>
    Normal,
    /// <summary>Below 0.</summary>
    Low,
}
