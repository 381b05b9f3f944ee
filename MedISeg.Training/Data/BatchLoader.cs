using MedISeg.Training.Data.Synthetic;

namespace MedISeg.Training.Data;

/// <summary>Prepares batches ahead of the trainer on a thread of its own, in native memory, so that it does not disturb a step.</summary>
/// <remarks>A batch depends on seed and step number alone: a resumed run gets the same ones.</remarks>
internal sealed class BatchLoader : IDisposable
{
    private const int Slots = 3;
    private readonly IReadOnlyList<TrainingCase> _cases;
    private readonly SampleMaker _maker;
    private readonly SyntheticPairs? _synthetic;
    private readonly Slot[] _slots;
    private readonly int _voxels, _channels, _batch, _lastStep;
    private readonly long _seed;
    private readonly object _gate = new();
    private readonly Thread _thread;
    private readonly int _firstStep;
    private bool _stopped;
    private Exception? _failure;

    /// <summary>Starts to load.</summary>
    /// <param name="cases">At least one; borrowed, must outlive the loader.</param>
    /// <param name="maker">Makes the samples; the loader disposes it.</param>
    /// <param name="batch">Samples a batch.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="firstStep">Step of the first batch, from 0.</param>
    /// <param name="steps">Steps of the whole run; no batch is loaded for later ones.</param>
    /// <param name="synthetic">Pairs that now and then take the place of a case; null: none. Borrowed, must outlive the loader.</param>
    public BatchLoader(
        IReadOnlyList<TrainingCase> cases, SampleMaker maker, int batch, long seed, int firstStep, int steps, SyntheticPairs? synthetic = null)
    {
        _synthetic = synthetic;
        _cases = cases;
        _maker = maker;
        _voxels = checked((int)maker.Patch.VoxelCount);
        _channels = cases[0].Channels;
        _batch = batch;
        _seed = seed;
        _firstStep = firstStep;
        _lastStep = steps;
        _slots = [.. Enumerable.Range(0, Slots).Select(_ => new Slot(batch * _channels * _voxels, batch * _voxels))];
        _thread = new Thread(Load) { IsBackground = true, Name = "batch loader" };
        _thread.Start();
    }

    /// <summary>Copies the batch of a step; waits until it is there. Steps are taken in order.</summary>
    /// <param name="step">Number of the step, from the first one on.</param>
    /// <param name="image">Receives [batch, channels, patch].</param>
    /// <param name="classes">Receives [batch, patch].</param>
    /// <exception cref="InvalidOperationException">The loader failed or stopped.</exception>
    public void Take(int step, Span<float> image, Span<byte> classes)
    {
        if (step < _firstStep || step >= _lastStep) throw new InvalidOperationException($"The loader has batches {_firstStep} to {_lastStep - 1} only.");
        Slot slot = _slots[step % Slots];
        lock (_gate)
        {
            while (slot.Step != step && _failure is null && !_stopped) Monitor.Wait(_gate);
            if (slot.Step != step) throw new InvalidOperationException("The loader of batches ended before its last batch.", _failure);
        }
        slot.Image.Span.CopyTo(image);
        slot.Classes.Span.CopyTo(classes);
        lock (_gate)
        {
            slot.Step = -1;
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
        _thread.Join();
        foreach (Slot slot in _slots) slot.Dispose();
        _maker.Dispose();
    }

    private void Load()
    {
        try
        {
            for (int step = _firstStep; step < _lastStep; step++)
            {
                Slot slot = _slots[step % Slots];
                lock (_gate)
                {
                    while (slot.Step >= 0 && !_stopped) Monitor.Wait(_gate);
                    if (_stopped) return;
                }
                for (int n = 0; n < _batch; n++) Fill(step, n, slot);
                lock (_gate)
                {
                    slot.Step = step;
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

    private (TrainingCase Case, SeededRandom Random) Draw(int step, int sample)
    {
        long number = (long)step * _batch + sample;
        SeededRandom random = new(_seed, number, stream: 2);
        int drawn = random.NextInt(_cases.Count);
        return (_synthetic?.Draw(_seed, number, drawn) ?? _cases[drawn], random);
    }

    private void Fill(int step, int sample, Slot slot)
    {
        (TrainingCase source, SeededRandom random) = Draw(step, sample);
        int size = _channels * _voxels;
        _maker.Fill(source, ref random, slot.Image.Span.Slice(sample * size, size), slot.Classes.Span.Slice(sample * _voxels, _voxels));
    }

    private sealed class Slot(int image, int classes) : IDisposable
    {
        public NativeArray<float> Image { get; } = new(image);

        public NativeArray<byte> Classes { get; } = new(classes);

        /// <summary>Step whose batch is ready; -1: free.</summary>
        public int Step { get; set; } = -1;

        public void Dispose()
        {
            Image.Dispose();
            Classes.Dispose();
        }
    }
}
