using System.Runtime.InteropServices;
using System.Text;

namespace MedISeg.Tests.Repository;

public sealed partial class WeakenSymbolVersionTests : IDisposable
{
    private const string Version = "GLIBCXX_3.4.32";
    private readonly string _folder = Directory.CreateTempSubdirectory("mediseg-elf-").FullName;

    private static string Output => Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libLibTorchSharp.so");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Build_OutputCopy_NeedsTheNewVersionWeaklyAndNoOtherOne()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The step runs on Linux only.");
        Dictionary<string, int> flags = Needs(File.ReadAllBytes(Output));
        Assert.Equal(2, flags[Version]);
        Assert.All(flags.Where(need => need.Key != Version), need => Assert.Equal(0, need.Value));
    }

    [Fact]
    public void Build_PackageCache_IsNotTouched() => Assert.Equal(0, Needs(PackageCopy())[Version]);

    [Fact]
    public void MarkWeak_PackageCopy_ChangesOneByteAndASecondTimeNothing()
    {
        byte[] before = PackageCopy(), image = [.. before];
        Assert.True(WeakenSymbolVersion.MarkWeak(image, Version));
        Assert.Equal(1, before.Zip(image).Count(pair => pair.First != pair.Second));
        Assert.Equal(2, Needs(image)[Version]);
        byte[] once = [.. image];
        Assert.False(WeakenSymbolVersion.MarkWeak(image, Version));
        Assert.Equal(once, image);
    }

    [Fact]
    public void MarkWeak_VersionThatIsNotNeeded_ChangesNothing()
    {
        byte[] before = PackageCopy(), image = [.. before];
        Assert.False(WeakenSymbolVersion.MarkWeak(image, "GLIBCXX_9.9.9"));
        Assert.Equal(before, image);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a library, but longer than the sixty-four bytes of an ELF header, so that it is looked at")]
    public void Execute_FileThatIsNotElf_StaysAsItIs(string text)
    {
        string path = Path.Combine(_folder, "text.so");
        File.WriteAllText(path, text);
        Assert.True(Run(path));
        Assert.Equal(text, File.ReadAllText(path));
    }

    [Fact]
    public void Execute_MissingFile_IsNoError() => Assert.True(Run(Path.Combine(_folder, "absent.so")));

    [Fact]
    public void Execute_HardLink_LeavesTheOtherNameUnchanged()
    {
        string original = Path.Combine(_folder, "original.so"), copy = Path.Combine(_folder, "copy.so");
        File.WriteAllBytes(original, PackageCopy());
        Assert.Equal(0, Link(original, copy));
        Assert.True(Run(copy));
        Assert.Equal(2, Needs(File.ReadAllBytes(copy))[Version]);
        Assert.Equal(0, Needs(File.ReadAllBytes(original))[Version]);
    }

    private static bool Run(string path) => new WeakenSymbolVersion { Library = path, SymbolVersion = Version }.Execute();

    private static byte[] PackageCopy()
    {
        string root = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        string path = Path.Combine(root, "torchsharp", TorchSharpVersion(), "runtimes", "linux-x64", "native", "libLibTorchSharp.so");
        Assert.SkipUnless(File.Exists(path), "The package cache is elsewhere.");
        return File.ReadAllBytes(path);
    }

    private static string TorchSharpVersion() => System.Xml.Linq.XDocument.Load(RepositoryRoot.Of("Directory.Packages.props"))
        .Descendants("PackageVersion").Single(package => package.Attribute("Include")!.Value == "TorchSharp").Attribute("Version")!.Value;

    /// <summary>Version needs and their flags, by the section's name: another way than the task's.</summary>
    private static Dictionary<string, int> Needs(byte[] image)
    {
        long table = BitConverter.ToInt64(image, 0x28);
        int size = BitConverter.ToUInt16(image, 0x3a), count = BitConverter.ToUInt16(image, 0x3c), names = BitConverter.ToUInt16(image, 0x3e);
        long Header(int section) => table + (long)section * size;
        long Offset(int section) => BitConverter.ToInt64(image, (int)Header(section) + 0x18);
        int versions = Enumerable.Range(0, count).First(s => Text(image, Offset(names) + BitConverter.ToUInt32(image, (int)Header(s))) == ".gnu.version_r");
        long strings = Offset((int)BitConverter.ToUInt32(image, (int)Header(versions) + 0x28));
        Dictionary<string, int> flags = [];
        for (int file = (int)Offset(versions), next = 1; next != 0; file += next)
        {
            next = (int)BitConverter.ToUInt32(image, file + 12);
            int need = file + (int)BitConverter.ToUInt32(image, file + 8);
            for (int n = 0; n < BitConverter.ToUInt16(image, file + 2); n++)
            {
                flags[Text(image, strings + BitConverter.ToUInt32(image, need + 8))] = BitConverter.ToUInt16(image, need + 4);
                need += (int)BitConverter.ToUInt32(image, need + 12);
            }
        }
        return flags;
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string created);

    private static string Text(byte[] image, long start) =>
        Encoding.ASCII.GetString(image, (int)start, Array.IndexOf(image, (byte)0, (int)start) - (int)start);
}
