using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Support;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Caching;

namespace MedISeg.Tests.Training.Data.Caching;

public sealed class CaseFileTests : IDisposable
{
    private static readonly GridSize Grid = new(2, 3, 5);
    private readonly TempFolder _folder = new();

    private string File => Path.Combine(_folder.Path, "a.case");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TryMap_WrittenCase_ReadsTheSame()
    {
        using TrainingCase made = Make();
        CaseFile.Write(File, made);
        using TrainingCase mapped = CaseFile.TryMap(File)!;
        Assert.Equal(Grid, mapped.Grid);
        Assert.Equal(made.Geometry.IndexToPatient, mapped.Geometry.IndexToPatient);
        Assert.Equal(2, mapped.Channels);
        for (int c = 0; c < 2; c++)
        {
            Assert.Equal(made.Intensities(c), mapped.Intensities(c));
            Assert.Equal(made.Range(c), mapped.Range(c));
        }
        Assert.Equal((Half)(-7), mapped.Intensities(1)[29]);
        Assert.Equal((-7f, 22f), mapped.Range(1));
        Assert.Equal(made.Classes, mapped.Classes);
        Assert.Equal([4, 29], mapped.PlacesOf(2));
        Assert.Equal([0], mapped.PlacesOf(3));
        Assert.True(mapped.PlacesOf(0).IsEmpty && mapped.PlacesOf(1).IsEmpty);
        Assert.Equal([File], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void TryMap_CutAtAnyLength_IsDamaged()
    {
        byte[] whole = Written();
        for (int length = 0; length < whole.Length; length += 7)
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            Assert.Null(CaseFile.TryMap(File));
        }
    }

    [Fact]
    public void TryMap_AnyByteChanged_IsDamaged()
    {
        byte[] whole = Written();
        for (int n = 0; n < whole.Length; n++)
        {
            byte[] changed = [.. whole];
            changed[n] ^= 0x81;
            System.IO.File.WriteAllBytes(File, changed);
            Assert.Null(CaseFile.TryMap(File));
        }
    }

    [Fact]
    public void TryMap_ReplacedWhileMapped_KeepsTheOldValues()
    {
        using TrainingCase made = Make(), other = Make(shift: 1);
        CaseFile.Write(File, made);
        using TrainingCase mapped = CaseFile.TryMap(File)!;
        CaseFile.Write(File, other);
        Assert.Equal(made.Intensities(0), mapped.Intensities(0));
        using TrainingCase second = CaseFile.TryMap(File)!;
        Assert.Equal(other.Intensities(0), second.Intensities(0));
    }

    [Fact]
    public void TryMap_AllOfItRead_TakesOnlyMemoryThatTheSystemCanTakeBack()
    {
        GridSize grid = new(64, 128, 160);
        using (TrainingCase large = ToyCases.Case(1, grid)) CaseFile.Write(File, large);
        using TrainingCase mapped = CaseFile.TryMap(File)!;
        float sum = 0;
        foreach (Half value in mapped.Intensities(0)) sum += (float)value;
        Assert.True(float.IsFinite(sum));
        string[] entry = [.. System.IO.File.ReadLines("/proc/self/smaps").SkipWhile(line => !line.EndsWith(File, StringComparison.Ordinal)).Take(24)];
        Assert.True(Kilobytes(entry, "Rss:") >= 2 * grid.VoxelCount / 1024, string.Join('\n', entry));
        Assert.Equal(0, Kilobytes(entry, "Anonymous:"));
        Assert.Equal(0, Kilobytes(entry, "Private_Dirty:"));
    }

    private byte[] Written()
    {
        using TrainingCase made = Make();
        CaseFile.Write(File, made);
        return System.IO.File.ReadAllBytes(File);
    }

    private static long Kilobytes(string[] entry, string name) => long.Parse(
        entry.First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..^"kB".Length].Trim(), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Two channels, oblique, four classes of which class 1 is absent.</summary>
    private static TrainingCase Make(float shift = 0)
    {
        VolumeGeometry geometry = new(Grid, new Affine(new(0.8, 0.6, 0), new(-1.2, 1.6, 0), new(0.1, 0, 3), new(-10.5, 20.25, 1.0 / 3)));
        float[] first = [.. Enumerable.Range(0, 30).Select(n => n / 8f + shift)], second = [.. Enumerable.Range(0, 30).Select(n => 22f - n)];
        byte[] classes = new byte[30];
        (classes[4], classes[29], classes[0]) = (2, 2, 3);
        return new TrainingCase(geometry, [first, second], classes, 4);
    }
}
