using System.Text.Json;

namespace MedISeg.Api.Jobs;

/// <summary>States of a job.</summary>
public enum JobState
{
    /// <summary>Waits for a worker.</summary>
    Queued,
    /// <summary>A worker has it.</summary>
    Running,
    /// <summary>The result is there.</summary>
    Succeeded,
    /// <summary>The problem says why.</summary>
    Failed,
    /// <summary>Deleted by its caller before it was finished.</summary>
    Cancelled,
    /// <summary>The process died with it too often.</summary>
    DeadLettered,
}

/// <summary>Questions about states.</summary>
internal static class JobStates
{
    /// <summary>Whether nothing will happen to the job any more.</summary>
    public static bool IsFinal(this JobState state) => state is not (JobState.Queued or JobState.Running);

    /// <summary>As callers and the store spell it.</summary>
    public static string Spelling(this JobState state) => JsonNamingPolicy.KebabCaseLower.ConvertName(state.ToString());

    /// <summary>The state of a spelling, or null.</summary>
    public static JobState? Parse(string spelling)
    {
        foreach (JobState state in Enum.GetValues<JobState>())
            if (state.Spelling() == spelling) return state;
        return null;
    }
}
