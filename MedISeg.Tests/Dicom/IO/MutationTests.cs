using System.Globalization;

namespace MedISeg.Tests.Dicom.IO;

/// <summary>Damaged files never get more out of the library than a refusal: no foreign exception, no hang, no end of the process.</summary>
public sealed class MutationTests
{
    private const int Seed = 20260203;

    [Fact]
    public async Task Read_SyntheticFiles_GoThroughWhole()
    {
        using Ordeal ordeal = new();
        IReadOnlyList<(string Name, byte[] Bytes)> files = SyntheticFiles.All();

        foreach ((string name, byte[] bytes) in files) await FuzzRun.Run(name, cancellationToken => ordeal.Run(bytes, cancellationToken));

        // All but the rich ones, whose pixels have no photometric interpretation or are no frame, are images; the last is a segmentation.
        Assert.Equal(files.Count, ordeal.Opened);
        Assert.InRange(ordeal.Decoded, 10, files.Count);
        Assert.InRange(ordeal.Volumes, 9, files.Count);
        Assert.Equal(1, ordeal.Segmentations);
    }

    [Fact]
    public async Task Read_DamagedSyntheticFiles_AreReadOrRefused()
    {
        int count = FuzzRun.Count(1500);
        using Ordeal ordeal = await RunAll(SyntheticFiles.All(), count);

        Assert.InRange(ordeal.Opened, count / 5, count);
        Assert.InRange(ordeal.Decoded, 100, ordeal.Opened);
        Assert.InRange(ordeal.Volumes, 50, ordeal.Opened);
        Assert.InRange(ordeal.Written, 20, ordeal.Volumes);
        Assert.InRange(ordeal.Segmentations, 5, ordeal.Opened);
    }

    [Fact]
    public async Task Read_DamagedCorpusFiles_AreReadOrRefused()
    {
        int count = FuzzRun.Count(3000);
        using Ordeal ordeal = await RunAll(CorpusFiles.Small(), count);

        Assert.InRange(ordeal.Opened, count / 5, count);
        Assert.InRange(ordeal.Decoded, 200, ordeal.Opened);
        Assert.InRange(ordeal.Volumes, 50, ordeal.Opened);
        Assert.InRange(ordeal.Written, 20, ordeal.Volumes);
        Assert.InRange(ordeal.Segmentations, 5, ordeal.Opened);
    }

    private static async Task<Ordeal> RunAll(IReadOnlyList<(string Name, byte[] Bytes)> files, int count)
    {
        Ordeal ordeal = new();
        Mutator[] mutators = [.. files.Select(file => new Mutator(file.Bytes))];
        for (int n = 0; n < count; n++)
        {
            // Each input has its own numbers, so that one that fails can be made again alone.
            byte[] bytes = mutators[n % files.Count].Next(new Random(Seed + n));
            await FuzzRun.Run(string.Create(CultureInfo.InvariantCulture, $"{files[n % files.Count].Name}, number {n}"),
                cancellationToken => ordeal.Run(bytes, cancellationToken));
        }
        return ordeal;
    }
}
