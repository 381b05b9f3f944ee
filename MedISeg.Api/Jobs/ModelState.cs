namespace MedISeg.Api.Jobs;

/// <summary>What loading the packages showed, for readiness.</summary>
internal sealed class ModelState
{
    private volatile string? _device;
    private volatile bool _loaded;
    private volatile int _failed;

    /// <summary>Device of the package that was loaded last: cpu or cuda; null: none yet.</summary>
    public string? Device
    {
        get => _device;
        set => _device = value;
    }

    /// <summary>Whether the packages to load at start are loaded.</summary>
    public bool Loaded
    {
        get => _loaded;
        set => _loaded = value;
    }

    /// <summary>Number of packages that could not be loaded at start.</summary>
    public int Failed
    {
        get => _failed;
        set => _failed = value;
    }
}
