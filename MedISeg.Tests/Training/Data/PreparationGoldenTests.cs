using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Tests.Support;
using MedISeg.Training.Data;
using MedISeg.Training.Trainers;

namespace MedISeg.Tests.Training.Data;

/// <summary>The paper's preparation of volumes, through the way that a training takes.</summary>
public sealed class PreparationGoldenTests
{
    [Theory]
    [InlineData(IntensityScheme.KitsOwn, "kits_zscore")]
    [InlineData(IntensityScheme.Lits, "lits_01")]
    [InlineData(IntensityScheme.None, "nointsnorm_global_z")]
    public void Prepare_Scheme_EqualsThePapersCode(IntensityScheme scheme, string name)
    {
        TrainOptions options = Resolved(scheme, []);
        using TrainingCase prepared = Prepare(options, new SpacingMm(1, 1, 1));
        AssertClose(NpyFile.Golden($"prep3d/{name}.npy"), prepared);
    }

    [Theory]
    [InlineData(IntensityScheme.Lits, "lits", 2.5, 0.8, 1, 1)]
    [InlineData(IntensityScheme.KitsOwn, "kits", 3, 0.78, 3.22, 1.62)]
    public void Prepare_NormalisedThenResampled_EqualsThePapersCode(
        IntensityScheme scheme, string name, double fromDepth, double fromPlane, double toDepth, double toPlane)
    {
        // The paper's arrays are (y, x, z): k, j, i run towards P, L and S.
        TrainOptions options = Resolved(scheme, []) with
        {
            Grid = new ModelGrid
            {
                Orientation = "SLP",
                Spacing = [toPlane, toPlane, toDepth],
                Order = [PreprocessingStep.Orient, PreprocessingStep.Normalise, PreprocessingStep.Resample],
                Interpolation = InterpolationKind.Cubic,
            },
            Preparation = new PreparationOptions { IntesNorm = scheme, Labels = LabelResampling.PerClass },
        };
        using TrainingCase prepared = Prepare(options, new SpacingMm(fromDepth, fromPlane, fromPlane));
        AssertClose(NpyFile.Golden($"prep3d/{name}_resampled_yxz_img.npy"), prepared);
        Assert.Equal(NpyFile.Golden($"prep3d/{name}_resampled_yxz_seg.npy").ToBytes(), prepared.Classes.ToArray());
    }

    [Fact]
    public void Resolve_Kits_StoresTheStatisticsOfAllTrainingCases()
    {
        string folder = WriteCases(2);
        try
        {
            TrainOptions options = Resolved(IntensityScheme.Kits, DatasetFolder.List(folder));
            Assert.Equal(new ClipStep(-79, 304), options.Intensity[0]);
            ZScoreStep step = Assert.IsType<ZScoreStep>(options.Intensity[1]);
            Assert.Equal(113.69113159179688, step.Mean!.Value, 1e-3);
            Assert.Equal(109.11156463623047, step.Std!.Value, 1e-3);
            using TrainingCase prepared = Prepare(options, new SpacingMm(1, 1, 1));
            AssertClose(NpyFile.Golden("prep3d/kits_zscore.npy"), prepared);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Resolve_Foreground_StoresPercentilesMeanAndDeviation()
    {
        string folder = WriteCases(1);
        try
        {
            TrainOptions options = Resolved(IntensityScheme.Foreground, DatasetFolder.List(folder));
            ClipStep clip = Assert.IsType<ClipStep>(options.Intensity[0]);
            ZScoreStep step = Assert.IsType<ZScoreStep>(options.Intensity[1]);
            Assert.Equal(-826.16, clip.Min, 1e-2);
            Assert.Equal(951.48, clip.Max, 1e-2);
            Assert.Equal(57.90532684326172, step.Mean!.Value, 1e-3);
            Assert.Equal(553.8657836914062, step.Std!.Value, 1e-3);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Resolve_StepsBesideAScheme_IsRefusedAndNoSchemeChangesNothing()
    {
        TrainOptions both = ToyCases.Options with { Preparation = new PreparationOptions { IntesNorm = IntensityScheme.Covid } };
        Assert.Equal(ErrorCode.InvalidOption, Assert.Throws<SegmentationException>(() => IntesNorm.Resolve(both, [], CancellationToken.None)).Code);
        Assert.Equal(ToyCases.Options.Intensity, IntesNorm.Resolve(ToyCases.Options, [], CancellationToken.None).Intensity);
        Assert.Equal([new ClipStep(-1000, 500), new MinMaxStep(-1000, 500)], Resolved(IntensityScheme.Covid, []).Intensity);
    }

    private static TrainOptions Resolved(IntensityScheme scheme, IReadOnlyList<DatasetCase> cases) => IntesNorm.Resolve(
        ToyCases.Options with
        {
            Intensity = [],
            Grid = new ModelGrid(),
            Classes = [new ModelClass { Id = 0, Name = "background" }, new ModelClass { Id = 1, Name = "organ" }, new ModelClass { Id = 2, Name = "tumour" }],
            Preparation = new PreparationOptions { IntesNorm = scheme },
        }, cases, CancellationToken.None);

    private static TrainingCase Prepare(TrainOptions options, SpacingMm spacing)
    {
        (Volume image, LabelMap truth) = Golden(spacing);
        return new CaseLoader(options).Prepare(image, truth, CancellationToken.None);
    }

    private static (Volume Image, LabelMap Truth) Golden(SpacingMm spacing)
    {
        NpyFile hu = NpyFile.Golden("prep3d/hu_zyx.npy"), seg = NpyFile.Golden("prep3d/seg_zyx.npy");
        VolumeGeometry geometry = VolumeGeometry.AxisAligned(new GridSize(hu.Shape[0], hu.Shape[1], hu.Shape[2]), spacing);
        return (new Volume(geometry, [hu.ToFloats()]), new LabelMap(geometry, seg.ToBytes()));
    }

    private static void AssertClose(NpyFile expected, TrainingCase prepared)
    {
        Assert.Equal(new GridSize(expected.Shape[0], expected.Shape[1], expected.Shape[2]), prepared.Grid);
        float[] values = expected.ToFloats();
        // A case keeps 11 bits.
        for (int n = 0; n < values.Length; n++) Assert.Equal(values[n], (double)prepared.Intensities(0)[n], 2e-5 + Math.Abs(values[n]) / 1024);
    }

    private static string WriteCases(int count)
    {
        string folder = ToyCases.TemporaryFolder();
        (Volume image, LabelMap truth) = Golden(new SpacingMm(1, 1, 1));
        Directory.CreateDirectory(Path.Combine(folder, "images"));
        Directory.CreateDirectory(Path.Combine(folder, "labels"));
        for (int n = 0; n < count; n++)
        {
            using FileStream images = File.Create(Path.Combine(folder, "images", $"{n}.nii")), labels = File.Create(Path.Combine(folder, "labels", $"{n}.nii"));
            NiftiWriter.Write(images, image, false);
            NiftiWriter.Write(labels, truth, false);
        }
        return folder;
    }
}
