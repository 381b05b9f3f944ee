namespace MedISeg.Api.Jobs;

/// <summary>What a process does where several share a store.</summary>
public enum JobRole
{
    /// <summary>Answers requests and runs jobs.</summary>
    All,
    /// <summary>Answers requests.</summary>
    Api,
    /// <summary>Runs jobs; of HTTP only its health, its metrics and what it runs on.</summary>
    Worker,
}
