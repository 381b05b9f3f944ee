using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Pictures;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Imaging.Pictures;

public sealed class ContourPictureTests
{
    private static readonly Dictionary<int, string> Red = new() { [1] = "#ff0000" };

    private static readonly ContourPictureOptions Small = new() { PanelPixels = 96, WindowLow = 0, WindowHigh = 100 };

    /// <summary>LPS grid, 10 planes of 2 mm, 12 rows of 1 mm, 16 columns of 1 mm.</summary>
    private static readonly VolumeGeometry Geometry = new(
        new GridSize(10, 12, 16), new Affine(new(0.99, 0.1, 0), new(-0.1, 0.99, 0), new(0, 0, 2), new(-7, 3, 40)));

    [Fact]
    public void Draw_TheSameAnatomyInEveryAxisOrder_IsTheSamePicture()
    {
        (Volume image, LabelMap labels) = Anatomy();
        Canvas expected = ContourPicture.Draw(image, labels, Red, Small);
        foreach (AxisOrientation order in AxisOrientation.All())
        {
            VolumeGeometry turned = order.Apply(Geometry);
            Volume turnedImage = new(turned, [Turn((byte[])image.Stored(0), order)]);
            LabelMap turnedLabels = new(turned, Turn(labels.Bytes.ToArray(), order));
            Canvas picture = ContourPicture.Draw(turnedImage, turnedLabels, Red, Small);
            Assert.Equal((expected.Width, expected.Height), (picture.Width, picture.Height));
            // The number of a slice counts along its own axis, so titles agree too.
            Assert.True(expected.Pixels.AsSpan().SequenceEqual(picture.Pixels), order.ToString());
        }
    }

    [Fact]
    public void Draw_BrightRightSideAndFront_AreLeftAndTopOfTheAxialPanel()
    {
        VolumeGeometry geometry = VolumeGeometry.AxisAligned(new GridSize(4, 40, 40), new SpacingMm(1, 1, 1));
        byte[] voxels = new byte[4 * 40 * 40];
        for (int n = 0; n < voxels.Length; n++)
        {
            int i = n % 40, j = n / 40 % 40;
            // LPS: i grows to the patient's left, j to the back.
            voxels[n] = (byte)(i < 20 && j < 20 ? 100 : 0);
        }
        Canvas picture = ContourPicture.Draw(new Volume(geometry, [voxels]), LabelMap.Empty(geometry, 1), Red,
            new() { PanelPixels = 80, WindowLow = 0, WindowHigh = 100 });
        // The axial panel starts at (16, 38) and is 80 pixels wide and high.
        Assert.Equal(255, Grey(picture, 16 + 30, 38 + 30));
        Assert.Equal(0, Grey(picture, 16 + 50, 38 + 30));
        Assert.Equal(0, Grey(picture, 16 + 30, 38 + 50));
    }

    [Fact]
    public void Draw_AnisotropicVoxels_PanelsHaveTrueProportions()
    {
        (Volume image, LabelMap labels) = Anatomy();
        Canvas picture = ContourPicture.Draw(image, labels, Red, Small);
        // 16 x 12 mm, 16 x 20 mm and 12 x 20 mm, 96 pixels for 20 mm (spacing 0.995 along the oblique axes).
        double perMm = 96 / 20.0, mm = Geometry.Spacing.I;
        int[] widths = [(int)Math.Round(16 * mm * perMm), (int)Math.Round(16 * mm * perMm), (int)Math.Round(12 * mm * perMm)];
        Assert.Equal(widths.Sum() + 4 * 16, picture.Width);
    }

    [Fact]
    public void Draw_Label_IsOutlinedAndNotFilled()
    {
        VolumeGeometry geometry = VolumeGeometry.AxisAligned(new GridSize(1, 20, 30), new SpacingMm(1, 1, 1));
        byte[] mask = new byte[600];
        for (int j = 5; j < 15; j++)
            for (int i = 8; i < 20; i++)
                mask[j * 30 + i] = 1;
        Canvas picture = ContourPicture.Draw(new Volume(geometry, [new byte[600]]), new LabelMap(geometry, mask), Red, Small);
        // One panel of 144 pixels for 30 mm: 4.8 pixels a voxel, from (16, 16).
        Assert.Equal(16 + 144 + 16, picture.Width);
        int RedAt(double column, double row) => picture.Pixels[((16 + (int)(row * 4.8)) * picture.Width + 16 + (int)(column * 4.8)) * 3];
        Assert.True(RedAt(8.0, 10) > 200, "left edge");
        Assert.True(RedAt(20.0, 10) > 200, "right edge");
        Assert.True(RedAt(14, 5.0) > 200, "upper edge");
        Assert.Equal(0, RedAt(14, 10));
        Assert.Equal(0, RedAt(3, 10));
    }

    [Fact]
    public void Draw_Truth_IsAWhiteLineWhereOnlyItIs()
    {
        VolumeGeometry geometry = VolumeGeometry.AxisAligned(new GridSize(1, 20, 30), new SpacingMm(1, 1, 1));
        byte[] truth = new byte[600];
        for (int j = 5; j < 15; j++) truth.AsSpan(j * 30 + 8, 12).Fill(1);
        Volume image = new(geometry, [new byte[600]]);
        Canvas without = ContourPicture.Draw(image, LabelMap.Empty(geometry, 1), Red, Small);
        Canvas with = ContourPicture.Draw(image, LabelMap.Empty(geometry, 1), Red, Small with { Truth = new LabelMap(geometry, truth) });
        int at = ((16 + (int)(10 * 4.8)) * with.Width + 16 + (int)(8 * 4.8)) * 3;
        Assert.Equal(0, without.Pixels[at + 1]);
        Assert.True(with.Pixels[at + 1] > 120 && with.Pixels[at] == with.Pixels[at + 1]);
    }

    [Fact]
    public void Best_SmallAndLargeLabel_ShowsBoth()
    {
        VolumeGeometry geometry = VolumeGeometry.AxisAligned(new GridSize(6, 8, 9), new SpacingMm(1, 1, 1));
        byte[] labels = new byte[6 * 8 * 9];
        for (int k = 0; k < 5; k++)
            for (int n = 0; n < 40 - k; n++)
                labels[k * 72 + n] = 1;
        labels[3 * 72 + 70] = 2;
        CrossSections sections = new(new LabelMap(geometry, labels), new HashSet<int> { 1, 2 });
        Assert.Equal(3, sections.Best(0));
        Assert.Equal(0, new CrossSections(new LabelMap(geometry, labels), new HashSet<int> { 1 }).Best(0));
        Assert.Equal(3, new CrossSections(LabelMap.Empty(geometry, 1), new HashSet<int> { 1 }).Best(0));
        Assert.Equal(1, sections.Voxels(2));
    }

    [Fact]
    public void Write_ColourImage_IsAPngWithTheColours()
    {
        VolumeGeometry geometry = VolumeGeometry.AxisAligned(new GridSize(1, 20, 30), new SpacingMm(1, 1, 1));
        byte[][] channels = [.. new byte[] { 200, 100, 50 }.Select(value => Enumerable.Repeat(value, 600).ToArray())];
        string path = Path.Combine(Path.GetTempPath(), $"mediseg-picture-{Environment.ProcessId}.png");
        try
        {
            ContourPicture.Write(path, new Volume(geometry, channels), LabelMap.Empty(geometry, 1), Red);
            Volume read = ImageReader.Read(path, new ImageLimits()).Volume;
            Assert.Equal(3, read.Channels);
            int middle = (16 + 200) * read.Geometry.Grid.Width + 16 + 300;
            Assert.Equal([200, 100, 50], Enumerable.Range(0, 3).Select(c => (int)read.Voxels<byte>(c)[middle]));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Draw_WrongArguments_Throws()
    {
        (Volume image, LabelMap labels) = Anatomy();
        VolumeGeometry other = VolumeGeometry.AxisAligned(new GridSize(2, 3, 5), new SpacingMm(1, 1, 1));
        Assert.Throws<ArgumentException>(() => ContourPicture.Draw(image, LabelMap.Empty(other, 1), Red, Small));
        Assert.Throws<ArgumentException>(() => ContourPicture.Draw(image, labels, new Dictionary<int, string> { [1] = "red" }, Small));
        Assert.Throws<ArgumentException>(() => ContourPicture.Draw(image, labels, Red, Small with { WindowHigh = null }));
        Assert.Throws<ArgumentException>(() => ContourPicture.Draw(image, labels, Red, Small with { WindowLow = 100 }));
        Assert.Throws<ArgumentException>(() => ContourPicture.Draw(image, labels, Red, Small with { PanelPixels = 10 }));
    }

    [Fact]
    public void Draw_ConstantImageWithoutWindow_IsDrawn()
    {
        VolumeGeometry geometry = VolumeGeometry.AxisAligned(new GridSize(2, 3, 5), new SpacingMm(1, 1, 1));
        Canvas picture = ContourPicture.Draw(new Volume(geometry, [new short[30]]), LabelMap.Empty(geometry, 1), Red,
            new() { PanelPixels = 64 });
        Assert.True(picture.Width > 64);
    }

    /// <summary>An image of hashed bytes, and a label that is largest in one plane along each axis.</summary>
    private static (Volume Image, LabelMap Labels) Anatomy()
    {
        GridSize grid = Geometry.Grid;
        byte[] voxels = new byte[grid.VoxelCount], labels = new byte[grid.VoxelCount];
        int n = 0;
        for (int k = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++)
                for (int i = 0; i < grid.Width; i++, n++)
                {
                    voxels[n] = (byte)((n * 2654435761u >> 13) % 100);
                    double away = Math.Pow((k - 3.9) / 2.6, 2) + Math.Pow((j - 6.1) / 3.7, 2) + Math.Pow((i - 9.2) / 4.4, 2);
                    labels[n] = (byte)(away < 1 ? 1 : 0);
                }
        // One more voxel in one plane of each axis makes the largest cross-section unique.
        labels[grid.Offset(4, 6, 15)] = 1;
        labels[grid.Offset(4, 0, 9)] = 1;
        labels[grid.Offset(0, 6, 9)] = 1;
        return (new Volume(Geometry, [voxels]), new LabelMap(Geometry, labels));
    }

    private static byte[] Turn(byte[] voxels, AxisOrientation order)
    {
        GridSize old = Geometry.Grid, grid = order.Apply(old);
        byte[] turned = new byte[voxels.Length];
        int[] at = new int[3], source = new int[3];
        int n = 0;
        for (at[0] = 0; at[0] < grid.Depth; at[0]++)
            for (at[1] = 0; at[1] < grid.Height; at[1]++)
                for (at[2] = 0; at[2] < grid.Width; at[2]++)
                {
                    for (int axis = 0; axis < 3; axis++)
                        source[order.Source(axis)] = order.Flipped(axis) ? grid[axis] - 1 - at[axis] : at[axis];
                    turned[n++] = voxels[old.Offset(source[0], source[1], source[2])];
                }
        return turned;
    }

    private static int Grey(Canvas picture, int x, int y) => picture.Pixels[(y * picture.Width + x) * 3];
}
