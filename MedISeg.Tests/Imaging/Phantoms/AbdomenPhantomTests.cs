using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Phantoms;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Imaging.Phantoms;

public sealed class AbdomenPhantomTests
{
    private static readonly SpacingMm Coarse = new(5, 4, 4.5);

    [Fact]
    public void Create_SameOptions_GivesTheSameBytesForAnyNumberOfThreads()
    {
        PhantomOptions options = new() { Seed = 11, Spacing = Coarse };
        Phantom first = AbdomenPhantom.Create(options, 1, default), again = AbdomenPhantom.Create(options, 7, default);
        Assert.True(first.Image.Voxels<short>(0).SequenceEqual(again.Image.Voxels<short>(0)));
        Assert.True(first.Organs.Bytes.SequenceEqual(again.Organs.Bytes));
        Assert.Equal(first.Anatomy, again.Anatomy);
        Assert.True(first.Image.Geometry.Matches(again.Image.Geometry, 0));
    }

    [Fact]
    public void Create_Seed5_GivesTheBytesOfEveryOtherMachine()
    {
        // Frozen on x64; sums, products and square roots are the same everywhere. A change of the phantoms changes it on purpose:
        // models that were trained on them must then be trained again.
        Phantom phantom = AbdomenPhantom.Create(
            new PhantomOptions { Seed = 5, Grid = new GridSize(20, 30, 40), Spacing = new SpacingMm(9, 8, 9), ObliquityDegrees = 7 }, default);
        byte[] image = SHA256.HashData(MemoryMarshal.AsBytes(phantom.Image.Voxels<short>(0)));
        Assert.Equal("D28B5E9857942CB3", Convert.ToHexString(image, 0, 8));
        Assert.Equal("0D232128BB3C7BED", Convert.ToHexString(SHA256.HashData(phantom.Organs.Bytes), 0, 8));
    }

    [Fact]
    public void Create_OtherSeed_GivesAnotherPatient()
    {
        PhantomOptions options = new() { Seed = 1, Grid = new GridSize(30, 40, 50), Spacing = new SpacingMm(6, 7, 7) };
        Phantom one = AbdomenPhantom.Create(options, default), two = AbdomenPhantom.Create(options with { Seed = 2 }, default);
        Assert.False(one.Organs.Bytes.SequenceEqual(two.Organs.Bytes));
        Assert.NotEqual(one.Anatomy.KidneyHu, two.Anatomy.KidneyHu);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Organs_EveryThirdVoxel_IsTheOrganItsCentreLiesIn(int seed)
    {
        Phantom phantom = AbdomenPhantom.Create(new PhantomOptions { Seed = seed, Spacing = Coarse, StoredAxes = null, Tumour = true }, default);
        GridSize grid = phantom.Organs.Geometry.Grid;
        int n = 0;
        for (int k = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++)
                for (int i = n++ % 3; i < grid.Width; i += 3)
                    if ((int)phantom.LabelAt(phantom.Organs.Geometry.IndexToPatient.Apply(i, j, k)) != phantom.Organs[k, j, i])
                        Assert.Fail($"voxel {k},{j},{i}: {phantom.LabelAt(phantom.Organs.Geometry.IndexToPatient.Apply(i, j, k))}");
    }

    [Fact]
    public void Create_OtherGridObliquityAndAxes_ShowsTheSamePatientAtTheSameMm()
    {
        PhantomOptions options = new() { Seed = 21, Kidneys = PhantomKidneys.Both, Tumour = true };
        AxisOrientation order = new(2, true, 0, false, 1, true);
        Phantom plain = AbdomenPhantom.Create(options with { Spacing = new SpacingMm(4, 4, 4), ObliquityDegrees = 0 }, default);
        Phantom oblique = AbdomenPhantom.Create(
            options with { Spacing = new SpacingMm(5, 3, 3.5), ObliquityDegrees = 12, StoredAxes = order, NoiseHu = 3 }, default);
        Assert.Equal(12, oblique.Anatomy.ObliquityDegrees);
        for (byte label = 4; label <= 7; label++)
        {
            (Vector3D a, double mlA) = Centre(plain.Organs, label);
            (Vector3D b, double mlB) = Centre(oblique.Organs, label);
            if (label != 4) // the liver is cut by the scan's end
            {
                Assert.InRange((a - b).Length, 0, 0.6);
                Assert.InRange(mlA / mlB, 0.97, 1.03);
            }
            Assert.True(mlA > 0 && mlB > 0);
        }
    }

    [Fact]
    public void Create_StoredAxes_OnlyMovesVoxels()
    {
        PhantomOptions options = new() { Seed = 8, Spacing = Coarse };
        AxisOrientation order = new(1, true, 2, false, 0, true);
        LabelMap plain = AbdomenPhantom.Create(options, default).Organs, turned = AbdomenPhantom.Create(options with { StoredAxes = order }, default).Organs;
        Assert.True(order.Apply(plain.Geometry).Matches(turned.Geometry, 1e-6));
        GridSize grid = turned.Geometry.Grid;
        int differing = 0;
        for (int k = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++)
                for (int i = 0; i < grid.Width; i++)
                {
                    // New axes k, j, i are old j reversed, old i, old k reversed.
                    if (turned[k, j, i] != plain[grid.Width - 1 - i, grid.Depth - 1 - k, j]) differing++;
                }
        Assert.Equal(0, differing);
    }

    [Fact]
    public void Create_LeftKidney_LiesTowardsPositiveX()
    {
        Phantom phantom = AbdomenPhantom.Create(new PhantomOptions { Seed = 3, Spacing = Coarse, Kidneys = PhantomKidneys.Both }, default);
        double left = Centre(phantom.Organs, (int)PhantomLabel.LeftKidney).Mm.X, right = Centre(phantom.Organs, (int)PhantomLabel.RightKidney).Mm.X;
        Assert.InRange(left - right, 100, 190);
        Assert.True(Centre(phantom.Organs, (int)PhantomLabel.Liver).Mm.X < Centre(phantom.Organs, (int)PhantomLabel.Spine).Mm.X);
    }

    [Theory]
    [InlineData(PhantomKidneys.Both, true)]
    [InlineData(PhantomKidneys.LeftOnly, true)]
    [InlineData(PhantomKidneys.RightOnly, false)]
    public void Create_KidneysAndTumourAsked_ArePresentWithPlausibleVolumes(PhantomKidneys kidneys, bool tumour)
    {
        for (int seed = 100; seed < 103; seed++)
        {
            Phantom phantom = AbdomenPhantom.Create(
                new PhantomOptions { Seed = seed, Grid = new GridSize(40, 56, 76), Spacing = new SpacingMm(5, 5, 5), Kidneys = kidneys, Tumour = tumour }, default);
            PhantomAnatomy a = phantom.Anatomy;
            Assert.Equal(kidneys, a.Kidneys);
            Assert.Equal(tumour, a.HasTumour);
            if (kidneys == PhantomKidneys.RightOnly) Assert.Equal(0, a.LeftKidneyMl);
            else Assert.InRange(a.LeftKidneyMl, 50, 240);
            if (kidneys == PhantomKidneys.LeftOnly) Assert.Equal(0, a.RightKidneyMl);
            else Assert.InRange(a.RightKidneyMl, 50, 240);
            if (tumour) Assert.InRange(a.TumourMl, 0.5, 140);
            else Assert.Equal(0, a.TumourMl);
            LabelMap two = phantom.KidneyAndTumour();
            Assert.Equal(a.LeftKidneyMl + a.RightKidneyMl, Centre(two, 1).Ml, 6);
            Assert.Equal(a.TumourMl, Centre(two, 2).Ml, 6);
        }
    }

    [Fact]
    public void Image_NoiseFree_HasTheAttenuationsOfItsOrgansInside()
    {
        Phantom phantom = AbdomenPhantom.Create(
            new PhantomOptions { Seed = 40, Spacing = new SpacingMm(4, 3, 3), NoiseHu = 0, Streaks = false, Tumour = true, Kidneys = PhantomKidneys.Both }, default);
        Assert.InRange(Median(phantom, PhantomLabel.Lung), -900, -780);
        Assert.InRange(Median(phantom, PhantomLabel.Liver), 70, 140);
        Assert.InRange(Median(phantom, PhantomLabel.Tumour), phantom.Anatomy.TumourHu - 20, phantom.Anatomy.TumourHu + 20);
        Assert.InRange(Median(phantom, PhantomLabel.LeftKidney), phantom.Anatomy.KidneyHu - 35, phantom.Anatomy.KidneyHu + 15);
        Assert.True(phantom.Anatomy.KidneyHu - phantom.Anatomy.TumourHu > 40);
        Assert.Equal(-1000, Median(phantom, PhantomLabel.Air));
    }

    [Fact]
    public void Image_FinerSpacing_MixesLessAtTheSkin()
    {
        // Air is -1000 and skin 5: what lies well between them is a voxel that holds both.
        double coarse = MixedMm3(8), fine = MixedMm3(4);
        Assert.InRange(fine / coarse, 0.35, 0.65);

        static double MixedMm3(double mm)
        {
            Phantom phantom = AbdomenPhantom.Create(
                new PhantomOptions { Seed = 9, Spacing = new SpacingMm(mm, mm, mm), NoiseHu = 0, Streaks = false, ObliquityDegrees = 8 }, default);
            ReadOnlySpan<short> image = phantom.Image.Voxels<short>(0);
            ReadOnlySpan<byte> labels = phantom.Organs.Bytes;
            int mixed = 0;
            for (int n = 0; n < image.Length; n++)
                if (labels[n] <= 1 && image[n] is > -930 and < -200 && NextToOutside(phantom, n)) mixed++;
            return mixed * mm * mm * mm;
        }

        static bool NextToOutside(Phantom phantom, int n)
        {
            GridSize grid = phantom.Image.Geometry.Grid;
            int i = n % grid.Width, j = n / grid.Width % grid.Height, k = n / grid.Width / grid.Height;
            Vector3D mm = phantom.Image.Geometry.IndexToPatient.Apply(i, j, k);
            double reach = phantom.Image.Geometry.Spacing.I * 1.2;
            return phantom.LabelAt(mm) == PhantomLabel.Air || phantom.LabelAt(mm + new Vector3D(reach, 0, 0)) == PhantomLabel.Air
                || phantom.LabelAt(mm - new Vector3D(reach, 0, 0)) == PhantomLabel.Air || phantom.LabelAt(mm + new Vector3D(0, reach, 0)) == PhantomLabel.Air
                || phantom.LabelAt(mm - new Vector3D(0, reach, 0)) == PhantomLabel.Air;
        }
    }

    [Fact]
    public void Image_Noise_HasTheAskedSpreadAndOnlyThat()
    {
        PhantomOptions options = new() { Seed = 13, Grid = new GridSize(12, 50, 60), Spacing = new SpacingMm(10, 6, 6) };
        ReadOnlySpan<short> noisy = AbdomenPhantom.Create(options with { NoiseHu = 20 }, default).Image.Voxels<short>(0);
        ReadOnlySpan<short> clean = AbdomenPhantom.Create(options with { NoiseHu = 0 }, default).Image.Voxels<short>(0);
        double sum = 0, square = 0;
        int count = 0;
        for (int n = 0; n < clean.Length; n++)
        {
            if (clean[n] < -950) continue; // air is clipped at -1024
            double noise = noisy[n] - clean[n];
            sum += noise;
            square += noise * noise;
            count++;
        }
        Assert.InRange(sum / count, -1, 1);
        Assert.InRange(Math.Sqrt(square / count), 19, 21);
    }

    [Theory]
    [InlineData(46.0, 10.0)]
    [InlineData(-1.0, 10.0)]
    [InlineData(double.NaN, 10.0)]
    [InlineData(5.0, 201.0)]
    [InlineData(5.0, double.NaN)]
    public void Create_OptionOutOfRange_IsInvalid(double obliquity, double noise)
    {
        PhantomOptions options = new() { Seed = 1, Spacing = Coarse, ObliquityDegrees = obliquity, NoiseHu = noise };
        SegmentationException error = Assert.Throws<SegmentationException>(() => AbdomenPhantom.Create(options, default));
        Assert.Equal(ErrorCode.InvalidOption, error.Code);
    }

    [Fact]
    public void Create_Cancelled_Stops() =>
        Assert.Throws<OperationCanceledException>(() => AbdomenPhantom.Create(new PhantomOptions { Seed = 1 }, new CancellationToken(true)));

    internal static (Vector3D Mm, double Ml) Centre(LabelMap map, byte label)
    {
        GridSize grid = map.Geometry.Grid;
        Vector3D sum = default;
        long count = 0;
        for (int k = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++)
                for (int i = 0; i < grid.Width; i++)
                {
                    if (map[k, j, i] != label) continue;
                    sum += map.Geometry.IndexToPatient.Apply(i, j, k);
                    count++;
                }
        return (sum * (1.0 / Math.Max(1, count)), count * map.Geometry.VoxelVolumeMm3 / 1000);
    }

    private static int Median(Phantom phantom, PhantomLabel label)
    {
        List<short> values = [];
        ReadOnlySpan<short> image = phantom.Image.Voxels<short>(0);
        for (int n = 0; n < image.Length; n++)
            if (phantom.Organs.Bytes[n] == (byte)label) values.Add(image[n]);
        values.Sort();
        return values[values.Count / 2];
    }
}
