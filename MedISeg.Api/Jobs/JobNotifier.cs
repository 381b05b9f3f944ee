namespace MedISeg.Api.Jobs;

/// <summary>Tells those who wait for a job what it does, in this process. A slow listener misses steps in between, never the last one.</summary>
internal sealed class JobNotifier
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Topic> _topics = new(StringComparer.Ordinal);

    /// <summary>A job has ended, in this process or in another.</summary>
    public event Action? Ended;

    /// <summary>Listens to a job. Subscribe before reading the job's row, so that no change falls in between.</summary>
    public JobSubscription Subscribe(string id)
    {
        lock (_lock)
        {
            if (!_topics.TryGetValue(id, out Topic? topic)) _topics[id] = topic = new Topic();
            topic.Listeners++;
            return new JobSubscription(topic, () => Release(id, topic));
        }
    }

    /// <summary>Publishes what a job does.</summary>
    public void Publish(string id, JobLive live)
    {
        if (live.State.IsFinal()) Ended?.Invoke();
        lock (_lock)
        {
            bool known = _topics.TryGetValue(id, out Topic? topic);
            if (!known && live.State != JobState.Running) return;
            if (!known) _topics[id] = topic = new Topic();
            topic!.Publish(live);
            Forget(id, topic);
        }
    }

    /// <summary>Passes on what another process did. While a worker of this process has the job, its own word is newer; of a job of others
    /// that is not final, listeners look at the row.</summary>
    public void Hear(string id, JobState state)
    {
        if (state.IsFinal()) Ended?.Invoke();
        lock (_lock)
        {
            if (!_topics.TryGetValue(id, out Topic? topic) || topic.Current is { } own && (own.State.IsFinal() || own.State == state)) return;
            topic.Publish(state.IsFinal() ? new JobLive(state, null, state == JobState.Succeeded ? 100 : 0) : null);
            Forget(id, topic);
        }
    }

    /// <summary>Jobs that someone listens to, or that run here.</summary>
    public IReadOnlyList<string> Topics()
    {
        lock (_lock) return [.. _topics.Keys];
    }

    /// <summary>What a running job does, or null where no worker of this process has it.</summary>
    public JobLive? Find(string id)
    {
        lock (_lock)
            return _topics.TryGetValue(id, out Topic? topic) ? topic.Current : null;
    }

    private void Release(string id, Topic topic)
    {
        lock (_lock)
        {
            topic.Listeners--;
            Forget(id, topic);
        }
    }

    private void Forget(string id, Topic topic)
    {
        if (topic is { Listeners: 0, Current: not { State: JobState.Running } } && _topics.GetValueOrDefault(id) == topic) _topics.Remove(id);
    }

    /// <summary>The last word on one job.</summary>
    internal sealed class Topic
    {
        private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Number of subscriptions; guarded by the notifier's lock.</summary>
        public int Listeners { get; set; }

        /// <summary>Last word; null: none yet.</summary>
        public JobLive? Current { get; private set; }

        /// <summary>Ends at the next word. Take it before looking at <see cref="Current"/>.</summary>
        public Task Changed => Volatile.Read(ref _changed).Task;

        /// <summary>Says a word, or that the row has news; guarded by the notifier's lock.</summary>
        public void Publish(JobLive? live)
        {
            Current = live;
            Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        }
    }
}
