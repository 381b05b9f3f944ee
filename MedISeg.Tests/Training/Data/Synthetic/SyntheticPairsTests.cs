using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Augmentation;
using MedISeg.Training.Data.Splits;
using MedISeg.Training.Data.Synthetic;
using MedISeg.Training.Losses;
using MedISeg.Training.Trainers;

namespace MedISeg.Tests.Training.Data.Synthetic;

public sealed class SyntheticPairsTests : IDisposable
{
    private static readonly GridSize Grid = new(5, 6, 7);
    private readonly string _root = ToyCases.TemporaryFolder();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(2022, 196, new[] { 5, 7, 11, 17, 19, 22, 28, 32, 36 })]
    [InlineData(7, 191, new[] { 7, 9, 12, 16, 18, 19, 24, 34, 36 })]
    public void Draw_ThousandSamples_SwapsThoseOfTheSeed(long seed, int count, int[] first)
    {
        // The counts come from a Python version of the generator.
        using SyntheticPairs pairs = new([Constant(1), Constant(2), Constant(3)], new SyntheticOptions());
        int[] swapped = [.. Enumerable.Range(0, 1000).Where(n => pairs.Draw(seed, n, 0) is not null)];
        Assert.Equal(count, swapped.Length);
        Assert.Equal(first, swapped.Where(n => n < 40));
        Assert.Equal(3, swapped.Select(n => pairs.Draw(seed, n, 0)).Distinct().Count());
    }

    [Fact]
    public void Take_Pairs_SwapsImageAndTruthAndLeavesOtherSamplesAlone()
    {
        using TrainingCase real = Constant(-1);
        using SyntheticPairs pairs = new([Constant(1), Constant(2)], new SyntheticOptions());
        List<int> swapped = [];
        using BatchLoader loader = Loader([real], pairs);
        float[] image = new float[4 * Grid.VoxelCount];
        byte[] classes = new byte[4 * Grid.VoxelCount];
        for (int step = 0; step < 10; step++)
        {
            loader.Take(step, image, classes);
            for (int n = 0; n < 4; n++)
            {
                float[] values = image[(n * 210)..((n + 1) * 210)];
                if (values[0] == -1) Assert.All(classes[(n * 210)..((n + 1) * 210)], c => Assert.Equal(0, c));
                else swapped.Add(4 * step + n);
                if (values[0] != -1) Assert.All(classes[(n * 210)..((n + 1) * 210)], c => Assert.Equal((byte)values[0], c));
            }
        }
        Assert.Equal([5, 7, 11, 17, 19, 22, 28, 32, 36], swapped);
    }

    [Fact]
    public void Load_Fixed_TakesImageAndTruthAsTheyAreStored()
    {
        Write(1, Grid, options: true);
        using TrainingCase real = Constant(-1);
        using SyntheticPairs pairs = SyntheticPairs.Load(_root, Options(DefectMode.Fixed), [real], CancellationToken.None);
        TrainingCase pair = pairs.Draw(2022, 5, 0)!;
        // Prepared images are not clipped to 100 and divided by 50 again; the label 5 is class 2.
        Assert.Equal(200, (float)pair.Intensities(0)[0]);
        Assert.Equal(2, pair.Classes[0]);
    }

    [Fact]
    public void Load_WithoutHash_PreparesThePairsAsCases()
    {
        Write(1, Grid, options: false);
        using TrainingCase real = Constant(-1);
        using SyntheticPairs pairs = SyntheticPairs.Load(_root, Options(DefectMode.Fixed), [real], CancellationToken.None);
        Assert.Equal(2, (float)pairs.Draw(2022, 5, 0)!.Intensities(0)[0]);
    }

    [Fact]
    public void Load_WithoutHash_MapsLabelsAsThoseOfCasesButKnowsNothingOfTheirNames()
    {
        Write(1, Grid, options: false);
        using TrainingCase real = Constant(-1);
        TrainOptions options = Options(DefectMode.Fixed) with
        {
            Data = new DataOptions { Format = DataFormat.Pairs, Labels = LabelRule.Positive, GroupPattern = "^patient", KindPattern = "^kind", Exclude = ["0"] },
        };
        using SyntheticPairs pairs = SyntheticPairs.Load(_root, options, [real], CancellationToken.None);
        Assert.Equal(1, pairs.Draw(2022, 5, 0)!.Classes[0]);
    }

    [Fact]
    public void Load_Compat_LaysTheImageOfANumberUnderTheTruthOfItsCase()
    {
        Write(3, Grid, options: true);
        using TrainingCase first = Constant(0), second = Constant(1);
        using SyntheticPairs pairs = SyntheticPairs.Load(_root, Options(DefectMode.Compat), [first, second], CancellationToken.None);
        Assert.Equal(2, pairs.Pairs.Count);
        TrainingCase pair = pairs.Draw(2022, 5, 1)!;
        Assert.Equal(201, (float)pair.Intensities(0)[0]);
        Assert.Equal(1, pair.Classes[0]);
    }

    [Fact]
    public void Load_CompatWithTooFewOrOtherGrids_IsRefused()
    {
        Write(1, new GridSize(5, 7, 6), options: true);
        using TrainingCase first = Constant(0), second = Constant(1);
        Assert.Contains("for each of 2 cases", Refusal([first, second]), StringComparison.Ordinal);
        Assert.Contains("6x7x5 and 7x6x5 differ", Refusal([first]), StringComparison.Ordinal);

        string Refusal(TrainingCase[] cases) => Assert.Throws<SegmentationException>(
            () => SyntheticPairs.Load(_root, Options(DefectMode.Compat), cases, CancellationToken.None)).Message;
    }

    [Fact]
    public void Check_PairsOfTheSameTrainingPart_ArePassed()
    {
        TrainOptions options = Options(DefectMode.Fixed);
        SyntheticManifest.Of(options, Cases("a", "b")).Write(_root);
        SyntheticManifest.Read(_root).Check(options, Cases("b", "c", "a"));
    }

    [Fact]
    public void Check_PairsOfEveryFold_PassInTheirOwnFoldAlone()
    {
        IReadOnlyList<DatasetCase> cases = Cases("a", "b", "c", "d", "e", "f", "g");
        DataSplit split = FoldMaker.Make([.. cases.Select(c => new StratifiedCase(c.Name, c.Name, ""))], 3, 2022);
        for (int made = 0; made < 3; made++)
            for (int used = 0; used < 3; used++)
            {
                TrainOptions options = Options(DefectMode.Fixed) with { Folds = 3, Fold = used };
                SyntheticManifest manifest = SyntheticManifest.Of(options with { Fold = made }, split.Of(cases, made).Training);
                if (made == used) manifest.Check(options, split.Of(cases, used).Training);
                else Assert.Contains($"(fold {made} of 3, seed 2022)", Refusal(manifest, options, split.Of(cases, used).Training), StringComparison.Ordinal);
            }
    }

    [Fact]
    public void Check_OtherCasesOrPreparation_AreRefused()
    {
        TrainOptions options = Options(DefectMode.Fixed);
        SyntheticManifest manifest = SyntheticManifest.Of(options, Cases("a", "b"));
        Assert.Contains("1 of 2 cases", Refusal(manifest, options, Cases("a", "c")), StringComparison.Ordinal);
        TrainOptions other = options with { Grid = options.Grid with { Size = [4, 5, 6] } };
        Assert.Contains("other inputs, grid", Refusal(manifest, other, Cases("a", "b")), StringComparison.Ordinal);
        (manifest with { Options = null }).Check(other, Cases("a", "b"));
    }

    [Fact]
    public void Read_MissingOrDamaged_SaysHowToMakePairs()
    {
        Assert.Contains("no synthetic.json", Refusal(), StringComparison.Ordinal);
        foreach (string text in (string[])["{", "null", "{}", """{"schemaVersion":1,"folds":5,"fold":0,"seed":1,"cases":null}""", """{"schemaVersion":1,"folds":5,"fold":0,"seed":1,"cases":[]}"""])
        {
            File.WriteAllText(Path.Combine(_root, "synthetic.json"), text);
            Assert.Contains("damaged", Refusal(), StringComparison.Ordinal);
        }

        string Refusal() => Assert.Throws<SegmentationException>(() => SyntheticManifest.Read(_root)).Message;
    }

    private static string Refusal(SyntheticManifest manifest, TrainOptions options, IReadOnlyList<DatasetCase> training)
    {
        SegmentationException fault = Assert.Throws<SegmentationException>(() => manifest.Check(options, training));
        Assert.Equal(ErrorCode.InvalidOption, fault.Code);
        return fault.Message;
    }

    private static TrainOptions Options(DefectMode mode) => ToyCases.Options with
    {
        Grid = ToyCases.Options.Grid with { Spacing = null },
        Augmentation = new AugmentationOptions { Synthetic = new SyntheticOptions { Mode = mode } },
    };

    private static IReadOnlyList<DatasetCase> Cases(params string[] names) => [.. names.Select(name => new DatasetCase(name, [""], ""))];

    private static BatchLoader Loader(IReadOnlyList<TrainingCase> cases, SyntheticPairs pairs) => new(
        cases, [new SampleMaker(Grid, 3, new SamplingOptions(), new AugmentationOptions(), 3, new GreyLevels([], 1))], 4, 2022, 0, 10, pairs);

    /// <summary>Everywhere one value, and the class of that number; -1: background.</summary>
    private static TrainingCase Constant(int value)
    {
        float[] image = new float[Grid.VoxelCount];
        byte[] classes = new byte[Grid.VoxelCount];
        Array.Fill(image, value);
        Array.Fill(classes, (byte)Math.Max(0, value));
        return new TrainingCase(VolumeGeometry.AxisAligned(Grid, new SpacingMm(1, 1, 1)), [image], classes, 4);
    }

    /// <summary>Pairs whose image is 200 and their number, everywhere of label 5.</summary>
    private void Write(int count, GridSize grid, bool options)
    {
        Directory.CreateDirectory(Path.Combine(_root, "images"));
        Directory.CreateDirectory(Path.Combine(_root, "labels"));
        VolumeGeometry geometry = VolumeGeometry.AxisAligned(grid, new SpacingMm(1, 1, 1));
        for (int n = 0; n < count; n++)
        {
            float[] image = new float[grid.VoxelCount];
            byte[] labels = new byte[grid.VoxelCount];
            Array.Fill(image, 200 + n);
            Array.Fill<byte>(labels, 5);
            using FileStream images = File.Create(Path.Combine(_root, "images", $"{n}.nii.gz")), truths = File.Create(Path.Combine(_root, "labels", $"{n}.nii.gz"));
            NiftiWriter.Write(images, new Volume(geometry, [image]), gzip: true);
            NiftiWriter.Write(truths, new LabelMap(geometry, labels), gzip: true);
        }
        SyntheticManifest manifest = SyntheticManifest.Of(Options(DefectMode.Fixed), Cases("a"));
        (options ? manifest : manifest with { Options = null }).Write(_root);
    }
}
