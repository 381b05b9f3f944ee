using NetVips;

namespace MedISeg.Imaging.Formats;

/// <summary>Settings of libvips for the whole process, made once, before its first use.</summary>
internal static class Vips
{
    private static readonly Lazy<bool> Prepared = new(Prepare);

    /// <summary>Makes the settings where they are not made yet.</summary>
    public static void EnsurePrepared() => _ = Prepared.Value;

    private static bool Prepare()
    {
        // Patient pixels must not stay behind in a cache.
        Cache.Max = 0;
        Cache.MaxMem = 0;
        Cache.MaxFiles = 0;
        // Decoding one picture is sequential; the server's own workers use the cores.
        NetVips.NetVips.Concurrency = 1;
        // Untrusted bytes reach three decoders and no other, whatever a caller does.
        Operation.Block("VipsForeignLoad", true);
        foreach (string loader in (ReadOnlySpan<string>)["VipsForeignLoadPng", "VipsForeignLoadJpeg", "VipsForeignLoadTiff"])
            Operation.Block(loader, false);
        // Native warnings would go to stderr past our logs; what matters of them comes back as an exception.
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.All, static (_, _, _) => { });
        return true;
    }
}
