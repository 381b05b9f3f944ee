namespace MedISeg.Api.Jobs.Dispatch;

/// <summary>A message that says "a job of this queue waits"; which one, says the store. Until <see cref="Done"/> the broker keeps it for this
/// process, and gives it to another one should this one die.</summary>
internal sealed class Token(BrokerLink link, ulong tag)
{
    /// <summary>Has the broker forget it.</summary>
    public void Done() => link.Acknowledge(tag);
}
