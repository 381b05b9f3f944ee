namespace MedISeg.Api.Jobs.Dispatch;

/// <summary>A queue of the broker: tokens of the jobs of one package and one class of priorities.</summary>
/// <param name="Model">Name of the package.</param>
/// <param name="Class">Class of the priorities.</param>
internal readonly record struct JobQueue(string Model, PriorityClass Class)
{
    /// <summary>Routing key, <c>MODEL.high</c>, <c>.normal</c> or <c>.low</c>; names of packages have no points.</summary>
    public string Key => $"{Model}.{(Class == PriorityClass.High ? "high" : Class == PriorityClass.Normal ? "normal" : "low")}";

    /// <summary>Name at the broker.</summary>
    public string Name => $"{BrokerLink.Exchange}.{Key}";

    /// <summary>The queue of a job.</summary>
    public static JobQueue Of(string model, int priority) =>
        new(model, priority > 0 ? PriorityClass.High : priority < 0 ? PriorityClass.Low : PriorityClass.Normal);
}
