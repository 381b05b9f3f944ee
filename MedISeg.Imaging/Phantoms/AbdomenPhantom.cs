using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Phantoms;

/// <summary>Makes CT-like abdomens with exact labels: the same bytes for the same options on every machine and for any number of threads.</summary>
public static class AbdomenPhantom
{
    private const float LeastHu = -1024, MostHu = 3071;

    /// <summary>Makes one phantom.</summary>
    /// <param name="options">What to make.</param>
    /// <param name="cancellationToken">Checked once a plane.</param>
    /// <exception cref="SegmentationException">An option is out of its range, or the grid is too large for one array.</exception>
    public static Phantom Create(PhantomOptions options, CancellationToken cancellationToken) => Create(options, -1, cancellationToken);

    /// <summary>The same on so many threads; -1: as many as there are cores.</summary>
    internal static Phantom Create(PhantomOptions options, int threads, CancellationToken cancellationToken)
    {
        if (options.NoiseHu is { } noise && !(noise is >= 0 and <= 200))
            throw new SegmentationException(ErrorCode.InvalidOption, "The noise of a phantom must be 0 to 200 HU.");
        AnatomyModel model = AnatomyModel.Create(options);
        PhantomScan scan = PhantomScan.Create(options, model);
        GridSize grid = scan.Geometry.Grid;
        if (grid.VoxelCount > Array.MaxLength)
            throw new SegmentationException(ErrorCode.TooLarge, "The phantom has more than 2^31 voxels; ask for a coarser spacing or a smaller grid.");

        PhantomArtefacts artefacts = new(options, model.Form);
        PhantomPainter painter = new(model, scan.Geometry, new PhantomTexture(new PhantomRandom(options.Seed, 42)));
        Affine toAnatomy = model.FromPatient * scan.Geometry.IndexToPatient;
        short[] image = GC.AllocateUninitializedArray<short>((int)grid.VoxelCount);
        byte[] labels = GC.AllocateUninitializedArray<byte>(image.Length);
        ParallelOptions parallel = new() { CancellationToken = cancellationToken, MaxDegreeOfParallelism = threads };
        Parallel.For(0, grid.Depth, parallel, () => new Scratch(grid), (k, _, scratch) =>
        {
            int start = k * grid.Height * grid.Width;
            for (int j = 0; j < grid.Height; j++)
            {
                Span<float> row = scratch.Plane.AsSpan(j * grid.Width, grid.Width);
                Span<byte> rowLabels = labels.AsSpan(start + j * grid.Width, grid.Width);
                painter.PaintRow(k, j, row, scratch.Texture, rowLabels);
                artefacts.AddSmooth(toAnatomy.Apply(0, j, k), toAnatomy.I, rowLabels, row);
            }
            artefacts.AddNoise(k, grid.Height, grid.Width, scratch.White, scratch.Plane);
            for (int n = 0; n < scratch.Plane.Length; n++)
                image[start + n] = (short)MathF.Floor(Math.Clamp(scratch.Plane[n], LeastHu, MostHu) + 0.5f);
            return scratch;
        }, _ => { });

        Span<long> counts = stackalloc long[8];
        foreach (byte label in labels) counts[label]++;
        double ml = scan.Geometry.VoxelVolumeMm3 / 1000;
        PhantomAnatomy anatomy = new()
        {
            Seed = options.Seed,
            Kidneys = model.Kidneys,
            HasTumour = model.Tumour is not null,
            LeftKidneyMl = counts[(int)PhantomLabel.LeftKidney] * ml,
            RightKidneyMl = counts[(int)PhantomLabel.RightKidney] * ml,
            TumourMl = counts[(int)PhantomLabel.Tumour] * ml,
            TumourDiameterMm = model.Tumour?.DiameterMm ?? 0,
            KidneyHu = model.KidneyHu,
            TumourHu = model.Tumour?.Hu ?? 0,
            NoiseHu = artefacts.NoiseHu,
            ObliquityDegrees = scan.ObliquityDegrees,
            PoseDegrees = model.PoseDegrees,
        };
        return new Phantom(new Volume(scan.Geometry, [image]), new LabelMap(scan.Geometry, labels), anatomy, model);
    }

    /// <summary>Buffers of one thread.</summary>
    private sealed class Scratch(GridSize grid)
    {
        public float[] Plane { get; } = new float[grid.Height * grid.Width];
        public float[] Texture { get; } = new float[grid.Width];
        public float[] White { get; } = new float[(grid.Height + 2) * (grid.Width + 2)];
    }
}
