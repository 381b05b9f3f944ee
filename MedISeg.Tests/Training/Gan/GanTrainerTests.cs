using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Augmentation;
using MedISeg.Training.Data.Synthetic;
using MedISeg.Training.Gan;
using MedISeg.Training.Networks;
using MedISeg.Training.Trainers;

namespace MedISeg.Tests.Training.Gan;

[Collection(TrainingTests.Name)]
public sealed class GanTrainerTests : IDisposable
{
    private static readonly GanOptions Small = new()
    {
        Features = [4, 8], DiscriminatorFeatures = [4, 8], Operations = [AugmentationOperation.Flip], BatchSize = 2, Steps = 90, StepsPerEpoch = 30,
        LearningRate = 0.005, Pairs = 5, Threads = 1,
    };

    private readonly string _root = ToyCases.TemporaryFolder();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(3)]
    [InlineData(2)]
    public void Run_ToySteps_L1FallsAndImagesFollowTheirMasks(int dimensionality)
    {
        TrainOptions training = dimensionality == 3 ? ToyCases.Options with { PatchSize = [8, 6, 10] } : ToyCases.Options with
        {
            PatchSize = [12, 16], Network = ToyCases.Options.Network with { Dimensionality = 2 }, Grid = ToyCases.Options.Grid with { Orientation = null, Spacing = [2, 2] },
        };
        (Volume toy, LabelMap truth) = ToyCases.Make(1, new GridSize(dimensionality == 3 ? 14 : 1, 16, 18));
        using TrainingCase source = new CaseLoader(training).Prepare(toy, truth, CancellationToken.None);
        List<TrainProgress> heard = [];
        GanFolder folder = Folder("run", training, Small);
        using GanTrainer trainer = new(training, Small, folder);
        Assert.True(trainer.Run([source], heard.Add, CancellationToken.None));
        Assert.True(heard[^10..].Average(p => p.Loss) < 0.5 * heard[..10].Average(p => p.Loss), $"{heard[0].Loss} to {heard[^1].Loss}");
        string[] lines = File.ReadAllLines(Path.Combine(folder.Root, "metrics.csv"));
        Assert.Equal("step,l1,adversarial,discriminator,seconds", lines[0]);
        Assert.Equal(["30", "60", "90"], lines[1..].Select(l => l.Split(',')[0]));

        int written = 0;
        trainer.WritePairs([source], SyntheticManifest.Of(training, []), () => written++, CancellationToken.None);
        Assert.Equal(5, written);
        double bright = 0, background = 0;
        int brights = 0, backgrounds = 0;
        foreach (DatasetCase pair in DatasetFolder.List(folder.PairsPath))
        {
            (Volume image, LabelMap labels) = pair.Read();
            Assert.Equal(training.Patch(), image.Geometry.Grid);
            Assert.Equal(2, image.Geometry.Spacing.J, 1e-9);
            float[] values = image.ToFloats(0);
            for (int n = 0; n < values.Length; n++)
            {
                Assert.Contains(labels.Bytes[n], (byte[])[0, 1, 5]);
                if (labels.Bytes[n] == 1) (bright, brights) = (bright + values[n], brights + 1);
                if (labels.Bytes[n] == 0) (background, backgrounds) = (background + values[n], backgrounds + 1);
            }
        }
        // Toys are 60 HU where bright and 0 elsewhere, divided by 50.
        Assert.InRange((bright / brights) - (background / backgrounds), 0.6, 1.8);
    }

    [Fact]
    public void Resume_StoppedInMidEpoch_EndsWithTheSamePairsAndMetrics()
    {
        GanOptions gan = Small with { Steps = 8, StepsPerEpoch = 3, Operations = [AugmentationOperation.GtAugB] };
        TrainOptions training = ToyCases.Options;
        using TrainingCase source = ToyCases.Case(1, new GridSize(13, 14, 15));
        GanFolder whole = Folder("whole", training, gan), parts = Folder("parts", training, gan);
        using (GanTrainer trainer = new(training, gan, whole)) Finish(trainer, source);
        using (CancellationTokenSource stop = new())
        using (GanTrainer trainer = new(training, gan, parts))
        {
            Assert.False(trainer.Run([source], p =>
            {
                if (p.Step == 4) stop.Cancel();
            }, stop.Token));
            Assert.Equal(4, trainer.StepsDone);
        }
        GanFolder opened = GanFolder.Open(parts.Root);
        (TrainOptions storedTraining, GanOptions storedGan) = opened.ReadOptions();
        using (GanTrainer trainer = new(storedTraining, storedGan, opened))
        {
            trainer.Resume();
            Assert.Equal(4, trainer.StepsDone);
            Finish(trainer, source);
        }
        foreach (string file in Directory.EnumerateFiles(whole.PairsPath, "*", SearchOption.AllDirectories))
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(parts.PairsPath, Path.GetRelativePath(whole.PairsPath, file))));
        Assert.Equal(["3", "6", "8"], File.ReadAllLines(Path.Combine(parts.Root, "metrics.csv"))[1..].Select(l => l.Split(',')[0]));
        Assert.Equal(11, Directory.EnumerateFiles(whole.PairsPath, "*", SearchOption.AllDirectories).Count());
    }

    [Fact]
    public void Resume_CheckpointOfOtherNetworks_IsRefused()
    {
        GanOptions gan = Small with { Steps = 1 };
        using TrainingCase source = ToyCases.Case(1, new GridSize(13, 14, 15));
        GanFolder folder = Folder("run", ToyCases.Options, gan);
        Assert.Throws<SegmentationException>(() => GanFolder.Open(folder.Root));
        using (GanTrainer trainer = new(ToyCases.Options, gan, folder)) Assert.True(trainer.Run([source], _ => { }, CancellationToken.None));
        using GanTrainer other = new(ToyCases.Options, gan with { Features = [4, 9] }, folder);
        Assert.Contains("does not fit", Assert.Throws<SegmentationException>(other.Resume).Message, StringComparison.Ordinal);
        Assert.Throws<SegmentationException>(() => GanFolder.Create(folder.Root, ToyCases.Options, gan, SyntheticManifest.Of(ToyCases.Options, [])));
    }

    [Fact]
    public void Write_Sheet_ShowsThePlaneWithTheMostForeground()
    {
        GridSize patch = new(2, 3, 40);
        byte[] truth = new byte[240];
        truth[120] = 2;
        float[] made = new float[240], real = new float[240];
        (made[120], made[121], real[120], real[121], real[159]) = (1, 7, 5, 0, 10);
        PictureSheet sheet = new(patch, 3);
        sheet.Add(truth, made, real);
        sheet.Write(Path.Combine(_root, "sheet.png"));
        using FileStream file = File.OpenRead(Path.Combine(_root, "sheet.png"));
        Volume picture = RasterReader.Read(file, ImageFormat.Png, new ImageLimits());
        // 40 pixels are shown three times as large; two pixels part the tiles.
        Assert.Equal(new GridSize(1, 11, 366), picture.Geometry.Grid);
        ReadOnlySpan<byte> row = picture.Voxels<byte>(0);
        Assert.Equal([255, 255, 0], [row[0], row[2], row[3]]);
        Assert.Equal([25, 178], [row[122], row[125]]);
        Assert.Equal([127, 0, 255], [row[244], row[247], row[244 + 117]]);
    }

    [Fact]
    public void Run_Discriminator_HasOneScoreAPartAndItsOwnWeights()
    {
        PatchDiscriminator network = new(3, 4, [4, 8]);
        using NetworkWeights weights = new(network.Parameters, trainable: false);
        weights.Initialise(3);
        long[] shape = MedISeg.Training.Runtime.TorchStep.Run(() =>
        {
            using IDisposable quiet = TorchSharp.torch.no_grad();
            return network.Run(new TorchOps(weights, training: true), TorchSharp.torch.zeros([2, 4, 8, 6, 10])).shape;
        });
        Assert.Equal([2, 1, 2, 2, 3], shape);
        Assert.Equal(
            ["discriminator.0.weight", "discriminator.0.bias", "discriminator.1.weight", "discriminator.1.bias", "discriminator.1.norm.weight",
                "discriminator.1.norm.bias", "discriminator.head.weight", "discriminator.head.bias"],
            network.Parameters.Select(p => p.Name));
    }

    private GanFolder Folder(string name, TrainOptions training, GanOptions gan) =>
        GanFolder.Create(Path.Combine(_root, name), training, gan, SyntheticManifest.Of(training, []));

    private static void Finish(GanTrainer trainer, TrainingCase source)
    {
        Assert.True(trainer.Run([source], _ => { }, CancellationToken.None));
        trainer.WritePairs([source], SyntheticManifest.Of(ToyCases.Options, []), () => { }, CancellationToken.None);
    }
}
