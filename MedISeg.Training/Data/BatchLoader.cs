using System.Diagnostics;
using MedISeg.Training.Data.Synthetic;

namespace MedISeg.Training.Data;

/// <summary>Prepares batches ahead of the trainer on threads of its own, in native memory, so that it does not disturb a step.</summary>
/// <remarks>A batch depends on seed and step number alone: a resumed run gets the same ones.</remarks>
internal sealed class BatchLoader : IDisposable
{
    /// <summary>Batches that are ready or taken beside those that are being made.</summary>
    private const int Ahead = 2;
    private readonly IReadOnlyList<TrainingCase> _cases;
    private readonly IReadOnlyList<SampleMaker> _makers;
    private readonly SyntheticPairs? _synthetic;
    private readonly Slot[] _slots;
    private readonly int _voxels, _channels, _batch, _lastStep;
    private readonly long _seed;
    private readonly object _gate = new();
    private readonly Thread[] _threads;
    private readonly int _firstStep;
    private int _nextStep;
    private long _busy, _waited;
    private bool _stopped;
    private Exception? _failure;

    /// <summary>Starts to load.</summary>
    /// <param name="cases">At least one; borrowed, must outlive the loader.</param>
    /// <param name="makers">Make the samples, each on a thread of its own; all alike, at least one. The loader disposes them.</param>
    /// <param name="batch">Samples a batch.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="firstStep">Step of the first batch, from 0.</param>
    /// <param name="steps">Steps of the whole run; no batch is loaded for later ones.</param>
    /// <param name="synthetic">Pairs that now and then take the place of a case; null: none. Borrowed, must outlive the loader.</param>
    public BatchLoader(
        IReadOnlyList<TrainingCase> cases, IReadOnlyList<SampleMaker> makers, int batch, long seed, int firstStep, int steps, SyntheticPairs? synthetic = null)
    {
        _synthetic = synthetic;
        _cases = cases;
        _makers = makers;
        _voxels = checked((int)makers[0].Patch.VoxelCount);
        _channels = cases[0].Channels;
        _batch = batch;
        _seed = seed;
        _firstStep = _nextStep = firstStep;
        _lastStep = steps;
        _slots = [.. Enumerable.Range(0, makers.Count + Ahead).Select(_ => new Slot(batch * _channels * _voxels, batch * _voxels))];
        for (int n = 0; n < _slots.Length; n++) SlotOf(firstStep + n).Wanted = firstStep + n;
        _threads = [.. makers.Select(maker => new Thread(() => Load(maker)) { IsBackground = true, Name = "batch loader" })];
        foreach (Thread thread in _threads) thread.Start();
    }

    /// <summary>Time that the threads together have spent on making batches.</summary>
    public TimeSpan Busy => Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _busy));

    /// <summary>Time that <see cref="Take"/> has waited for batches.</summary>
    public TimeSpan Waited => Stopwatch.GetElapsedTime(0, _waited);

    /// <summary>Copies the batch of a step; waits until it is there. Steps are taken in order.</summary>
    /// <param name="step">Number of the step, from the first one on.</param>
    /// <param name="image">Receives [batch, channels, patch].</param>
    /// <param name="classes">Receives [batch, patch].</param>
    /// <exception cref="InvalidOperationException">The loader failed or stopped.</exception>
    public void Take(int step, Span<float> image, Span<byte> classes)
    {
        if (step < _firstStep || step >= _lastStep) throw new InvalidOperationException($"The loader has batches {_firstStep} to {_lastStep - 1} only.");
        Slot slot = SlotOf(step);
        long begin = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            while (slot.Ready != step && _failure is null && !_stopped) Monitor.Wait(_gate);
            if (slot.Ready != step) throw new InvalidOperationException("The loader of batches ended before its last batch.", _failure);
        }
        _waited += Stopwatch.GetTimestamp() - begin;
        slot.Image.Span.CopyTo(image);
        slot.Classes.Span.CopyTo(classes);
        lock (_gate)
        {
            slot.Ready = -1;
            slot.Wanted = step + _slots.Length;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Names of the cases of a step's batch, each once, sorted.</summary>
    public IReadOnlyList<string> CasesOf(int step) => [.. Enumerable.Range(0, _batch).Select(n => Draw(step, n).Case.Name).Distinct().Order(StringComparer.Ordinal)];

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.PulseAll(_gate);
        }
        foreach (Thread thread in _threads) thread.Join();
        foreach (Slot slot in _slots) slot.Dispose();
        foreach (SampleMaker maker in _makers) maker.Dispose();
    }

    private Slot SlotOf(int step) => _slots[step % _slots.Length];

    private void Load(SampleMaker maker)
    {
        try
        {
            while (Next() is { } step)
            {
                Slot slot = SlotOf(step);
                long begin = Stopwatch.GetTimestamp();
                for (int n = 0; n < _batch; n++) Fill(maker, step, n, slot);
                Interlocked.Add(ref _busy, Stopwatch.GetTimestamp() - begin);
                lock (_gate)
                {
                    slot.Ready = step;
                    Monitor.PulseAll(_gate);
                }
            }
        }
        catch (Exception failure)
        {
            // Handed to the trainer's thread, which throws it.
            lock (_gate)
            {
                _failure = failure;
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>The next step to load, once its slot is free; null: there is nothing more to do.</summary>
    private int? Next()
    {
        lock (_gate)
        {
            if (_nextStep >= _lastStep) return null;
            int step = _nextStep++;
            while (SlotOf(step).Wanted != step && _failure is null && !_stopped) Monitor.Wait(_gate);
            return _failure is null && !_stopped ? step : null;
        }
    }

    private (TrainingCase Case, SeededRandom Random) Draw(int step, int sample)
    {
        long number = (long)step * _batch + sample;
        SeededRandom random = new(_seed, number, stream: 2);
        int drawn = random.NextInt(_cases.Count);
        return (_synthetic?.Draw(_seed, number, drawn) ?? _cases[drawn], random);
    }

    private void Fill(SampleMaker maker, int step, int sample, Slot slot)
    {
        (TrainingCase source, SeededRandom random) = Draw(step, sample);
        int size = _channels * _voxels;
        maker.Fill(source, ref random, slot.Image.Span.Slice(sample * size, size), slot.Classes.Span.Slice(sample * _voxels, _voxels));
    }

    private sealed class Slot(int image, int classes) : IDisposable
    {
        public NativeArray<float> Image { get; } = new(image);

        public NativeArray<byte> Classes { get; } = new(classes);

        /// <summary>Step whose batch is ready; -1: none.</summary>
        public int Ready { get; set; } = -1;

        /// <summary>Step whose batch comes here next.</summary>
        public int Wanted { get; set; }

        public void Dispose()
        {
            Image.Dispose();
            Classes.Dispose();
        }
    }
}
