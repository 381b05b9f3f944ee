using System.Diagnostics;
using System.Globalization;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Synthetic;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Gan;

/// <summary>Trains a generator of images from masks on the training part of a fold, and writes pairs with it. A resumed run ends with the
/// weights and pairs of an uninterrupted one.</summary>
/// <remarks>Source: P. Isola et al. 2017 (pix2pix), with a least-squares adversarial loss, and noise as one more input channel instead of
/// dropout.</remarks>
internal sealed class GanTrainer : IDisposable
{
    private const int ExampleRows = 4;
    private readonly TrainOptions _training;
    private readonly GanOptions _gan;
    private readonly GanFolder _folder;
    private readonly GanNetworks _networks;
    private readonly List<GanLosses> _epoch = [];
    private float[] _made = [];

    /// <summary>Makes the networks.</summary>
    /// <param name="training">Resolved options of the training that the pairs are for.</param>
    /// <param name="gan">Options that fit it.</param>
    /// <param name="folder">Where everything goes.</param>
    public GanTrainer(TrainOptions training, GanOptions gan, GanFolder folder)
    {
        (_training, _gan, _folder) = (training, gan, folder);
        TorchSharp.torch.set_num_threads(gan.Threads > 0 ? gan.Threads : Environment.ProcessorCount);
        _networks = new GanNetworks(training, gan);
    }

    /// <summary>Steps done.</summary>
    public int StepsDone { get; private set; }

    /// <summary>Continues from the newest checkpoint.</summary>
    public void Resume() => StepsDone = _folder.Restore(_networks);

    /// <summary>Trains to the last step, or until cancelled; either way a checkpoint is written.</summary>
    /// <param name="cases">The training part; at least one.</param>
    /// <param name="progress">Hears of every step, on this thread; the loss is the L1 term.</param>
    /// <param name="cancellationToken">Checked once a step.</param>
    /// <returns>Whether the last step is done.</returns>
    /// <exception cref="TrainingDivergedException">The loss is not finite; the newest checkpoint is the one before.</exception>
    public bool Run(IReadOnlyList<TrainingCase> cases, Action<TrainProgress> progress, CancellationToken cancellationToken)
    {
        Stopwatch clock = Stopwatch.StartNew();
        using BatchLoader loader = Loader(cases, StepsDone, _gan.Steps);
        using GanBatch batch = new(_training, _gan.BatchSize);
        while (StepsDone < _gan.Steps)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                _folder.Store(StepsDone, _networks);
                return false;
            }
            batch.Take(loader, StepsDone);
            GanLosses losses = _networks.Learn(batch.Condition, batch.Image, StepsDone);
            if (!double.IsFinite(losses.L1 + losses.Adversarial + losses.Discriminator))
                throw new TrainingDivergedException(
                    $"The loss of step {StepsDone} is not finite. The last checkpoint is kept; start anew with a smaller learningRate.");
            StepsDone++;
            _epoch.Add(losses);
            EpochMetrics? metrics = StepsDone % _gan.StepsPerEpoch == 0 || StepsDone == _gan.Steps ? EndEpoch(batch, clock.Elapsed) : null;
            progress(new TrainProgress(StepsDone, _gan.Steps, losses.L1, metrics));
        }
        return true;
    }

    /// <summary>Writes the pairs anew: masks of patches that no step has seen, and images made for them. The manifest comes last, so that a folder
    /// without it is not finished.</summary>
    /// <param name="cases">The training part.</param>
    /// <param name="manifest">Says where the pairs come from.</param>
    /// <param name="written">Hears of each pair.</param>
    /// <param name="cancellationToken">Checked once a batch.</param>
    public void WritePairs(IReadOnlyList<TrainingCase> cases, SyntheticManifest manifest, Action written, CancellationToken cancellationToken)
    {
        if (Directory.Exists(_folder.PairsPath)) Directory.Delete(_folder.PairsPath, recursive: true);
        string images = Path.Combine(_folder.PairsPath, "images"), labels = Path.Combine(_folder.PairsPath, "labels");
        Directory.CreateDirectory(images);
        Directory.CreateDirectory(labels);
        int batches = (_gan.Pairs + _gan.BatchSize - 1) / _gan.BatchSize;
        using BatchLoader loader = Loader(cases, _gan.Steps, checked(_gan.Steps + batches));
        using GanBatch batch = new(_training, _gan.BatchSize);
        for (int n = 0; n < _gan.Pairs; n++)
        {
            int sample = n % _gan.BatchSize;
            if (sample == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                batch.Take(loader, _gan.Steps + n / _gan.BatchSize);
                _made = _networks.Generate(batch.Condition);
            }
            string name = n.ToString("D5", CultureInfo.InvariantCulture) + ".nii.gz";
            WritePair(Path.Combine(images, name), Path.Combine(labels, name), Made(sample, batch), batch.TruthOf(sample));
            written();
        }
        manifest.Write(_folder.PairsPath);
    }

    /// <inheritdoc />
    public void Dispose() => _networks.Dispose();

    private ReadOnlySpan<float> Made(int sample, GanBatch batch)
    {
        int size = batch.ImageOf(sample).Length;
        return _made.AsSpan(sample * size, size);
    }

    private BatchLoader Loader(IReadOnlyList<TrainingCase> cases, int firstStep, int steps) =>
        new(cases, [new SampleMaker(_gan.Patches(_training))], _gan.BatchSize, _training.Seed, firstStep, steps);

    private void WritePair(string imagePath, string labelsPath, ReadOnlySpan<float> image, ReadOnlySpan<byte> truth)
    {
        GridSize patch = _training.Patch();
        IReadOnlyList<double> spacing = _training.Grid.Spacing ?? [1, 1, 1];
        VolumeGeometry geometry = VolumeGeometry.AxisAligned(patch, spacing.Count == 3
            ? new SpacingMm(spacing[0], spacing[1], spacing[2]) : new SpacingMm(1, spacing[0], spacing[1]));
        int voxels = truth.Length;
        List<float[]> channels = [];
        for (int c = 0; c < _training.Inputs.Count; c++) channels.Add(image.Slice(c * voxels, voxels).ToArray());
        LabelMap labels = LabelMap.Empty(geometry, _training.Classes.Max(c => c.Id));
        for (int n = 0; n < voxels; n++)
            if (labels.IsWide) labels.Words[n] = (ushort)_training.Classes[truth[n]].Id;
            else labels.Bytes[n] = (byte)_training.Classes[truth[n]].Id;
        using FileStream images = File.Create(imagePath), truths = File.Create(labelsPath);
        NiftiWriter.Write(images, new Volume(geometry, channels), gzip: true);
        NiftiWriter.Write(truths, labels, gzip: true);
    }

    private EpochMetrics EndEpoch(GanBatch batch, TimeSpan elapsed)
    {
        _folder.Store(StepsDone, _networks);
        GanLosses mean = new(_epoch.Average(l => l.L1), _epoch.Average(l => l.Adversarial), _epoch.Average(l => l.Discriminator));
        _epoch.Clear();
        _folder.Append(StepsDone, mean, elapsed);
        _made = _networks.Generate(batch.Condition);
        PictureSheet sheet = new(_training.Patch(), _training.Classes.Count);
        for (int n = 0; n < Math.Min(ExampleRows, _gan.BatchSize); n++) sheet.Add(batch.TruthOf(n), Made(n, batch), batch.ImageOf(n));
        sheet.Write(_folder.ExamplesPath);
        return new EpochMetrics(StepsDone, _gan.LearningRate, mean.L1, double.NaN, double.NaN, double.NaN, double.NaN, [], elapsed);
    }
}
