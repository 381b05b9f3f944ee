using System.Runtime.ExceptionServices;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Preprocessing;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Readers;

namespace MedISeg.Training.Planning;

/// <summary>Reads a data set case by case, each once, and keeps what a plan needs.</summary>
internal static class FingerprintExtractor
{
    /// <summary>Foreground voxels of the sample, all cases together; nnU-Net takes ten times as many, which changes no plan.</summary>
    private const int SampleVoxels = 10_000_000;

    /// <summary>Of one case at most.</summary>
    private const int CaseVoxels = 250_000;

    /// <summary>More labels than classes are allowed: instance numbers rather than classes.</summary>
    private const int MostLabels = 256;

    /// <summary>Takes the fingerprint.</summary>
    /// <param name="cases">Files.</param>
    /// <param name="seed">Of the sample of intensities.</param>
    /// <param name="read">Hears of each case, from any thread.</param>
    /// <param name="cancellationToken">Checked once a case.</param>
    /// <exception cref="SegmentationException">A case cannot be read or does not go with the others, or no case has foreground.</exception>
    public static DatasetFingerprint Extract(IReadOnlyList<DatasetCase> cases, int seed, Action read, CancellationToken cancellationToken)
    {
        Part[] parts = new Part[cases.Count];
        int share = Math.Clamp(SampleVoxels / cases.Count, 1, CaseVoxels);
        ParallelOptions parallel = new() { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        try
        {
            Parallel.For(0, cases.Count, parallel, n =>
            {
                parts[n] = Read(cases[n], new SeededRandom(seed, n, stream: 5), share);
                read();
            });
        }
        catch (AggregateException all)
        {
            // The first fault alone says what to do; the loop packs all of them into one.
            ExceptionDispatchInfo.Capture(all.InnerExceptions[0]).Throw();
        }
        return Join(cases, parts);
    }

    private static DatasetFingerprint Join(IReadOnlyList<DatasetCase> cases, Part[] parts)
    {
        Part first = parts[0];
        if (parts.Any(part => part.Planar != first.Planar))
            throw new SegmentationException(ErrorCode.InvalidOption, "Some images are single planes and others volumes; make two data sets of them.");
        if (parts.Any(part => part.Samples.Length != first.Samples.Length))
            throw new SegmentationException(ErrorCode.ChannelMismatch, "The images do not all have the same number of channels; where grey and colour images are mixed, choose --colours rgb or grey.");
        if (parts.All(part => part.Samples[0].Length == 0))
            throw new SegmentationException(ErrorCode.InvalidOption, "No case has a label above 0; correct the labels.");
        SortedDictionary<int, LabelFingerprint> labels = [];
        foreach ((int id, long voxels) in parts.SelectMany(part => part.Labels))
        {
            LabelFingerprint known = labels.GetValueOrDefault(id) ?? new LabelFingerprint(id, 0, 0);
            labels[id] = known with { Voxels = known.Voxels + voxels, Cases = known.Cases + 1 };
        }
        if (labels.Count > MostLabels)
            throw new SegmentationException(ErrorCode.InvalidOption,
                $"The labels hold {labels.Count} different numbers and at most {MostLabels} are classes; make numbers of instances one class with --labels positive.");
        return new DatasetFingerprint
        {
            Planar = first.Planar,
            Millimetres = cases.All(one => ImageNames.IsVolume(one.Images[0])),
            Cases = [.. parts.Select(part => part.Case)],
            Channels = [.. first.Samples.Select((_, c) => SampleStatistics.Of([.. parts.SelectMany(part => part.Samples[c])]))],
            Labels = [.. labels.Values],
        };
    }

    private static Part Read(DatasetCase one, SeededRandom random, int share)
    {
        (Volume image, LabelMap truth) = one.Read();
        (VoxelIndex start, GridSize size) = ForegroundBox.Find(image);
        VolumeGeometry block = image.Geometry.Block(start, size);
        bool planar = image.IsPlanar;
        if (!planar) block = AxisOrientation.Towards(block, "LPS").Apply(block);
        CaseFingerprint found = new(
            [block.Grid.Depth, block.Grid.Height, block.Grid.Width], [block.Spacing.K, block.Spacing.J, block.Spacing.I],
            (double)size.VoxelCount / image.Geometry.Grid.VoxelCount);
        SortedDictionary<int, long> labels = Count(truth);
        return new Part(
            found, planar, labels,
            Sample(image, truth, labels.Where(label => label.Key != 0).Sum(label => label.Value), random, share));
    }

    private static SortedDictionary<int, long> Count(LabelMap truth)
    {
        long[] counts = new long[ushort.MaxValue + 1];
        if (truth.IsWide) foreach (ushort label in truth.Words) counts[label]++;
        else foreach (byte label in truth.Bytes) counts[label]++;
        return new SortedDictionary<int, long>(counts.Select((voxels, id) => (id, voxels)).Where(pair => pair.voxels > 0).ToDictionary());
    }

    /// <summary>Draws foreground voxels with replacement, so that small structures count as much as large ones; the same ones of all channels.</summary>
    private static float[][] Sample(Volume image, LabelMap truth, long foreground, SeededRandom random, int share)
    {
        if (foreground == 0) return [.. Enumerable.Range(0, image.Channels).Select(_ => Array.Empty<float>())];
        int[] places = new int[foreground];
        int found = 0, voxels = (int)truth.Geometry.Grid.VoxelCount;
        for (int n = 0; n < voxels; n++)
            if ((truth.IsWide ? truth.Words[n] : truth.Bytes[n]) != 0) places[found++] = n;
        int[] drawn = new int[share];
        for (int n = 0; n < share; n++) drawn[n] = places[random.NextInt(places.Length)];
        float[][] samples = new float[image.Channels][];
        Span<float> value = stackalloc float[1];
        for (int c = 0; c < samples.Length; c++)
        {
            samples[c] = new float[share];
            for (int n = 0; n < share; n++)
            {
                image.ReadRow(c, 0, 0, drawn[n], value);
                samples[c][n] = value[0];
            }
        }
        return samples;
    }

    /// <summary>What one case adds.</summary>
    private sealed record Part(CaseFingerprint Case, bool Planar, SortedDictionary<int, long> Labels, float[][] Samples);
}
