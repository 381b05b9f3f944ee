using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Networks;

/// <summary>Describes a U-Net: its kind, and for <see cref="NetworkKind.UNet"/> every level (a strided encoder, transposed convolutions,
/// skips by concatenation). The other kinds have fixed layers.</summary>
public sealed record UNetOptions
{
    /// <summary>Architecture. Default <see cref="NetworkKind.UNet"/>, the one whose levels the other keys describe.</summary>
    public NetworkKind Kind { get; init; } = NetworkKind.UNet;

    /// <summary>2 or 3 spatial axes. Default 3.</summary>
    public int Dimensionality { get; init; } = 3;

    /// <summary>Input channels, at least 1. Default 1.</summary>
    public int InputChannels { get; init; } = 1;

    /// <summary>Output channels, at least 1: the classes with background. Default 2.</summary>
    public int Classes { get; init; } = 2;

    /// <summary>Channels of each level from the finest, 2 to 10 levels. Default 32, 64, 128, 256.</summary>
    public IReadOnlyList<int> Features { get; init; } = [32, 64, 128, 256];

    /// <summary>Convolutions of each level on the way down and on the way up, with <see cref="Residual"/> on the way up alone, in 1..8; one
    /// value serves every level. Default 2.</summary>
    public IReadOnlyList<int> Convolutions { get; init; } = [2];

    /// <summary>Odd kernel sides of each level, (k, j, i) or (j, i); null: 3 everywhere.</summary>
    public IReadOnlyList<IReadOnlyList<int>>? Kernels { get; init; }

    /// <summary>Step into each level, all 1 for the first, (k, j, i) or (j, i); null: 2 everywhere but in the first level.</summary>
    public IReadOnlyList<IReadOnlyList<int>>? Strides { get; init; }

    /// <summary>Normalisation of the kinds UNet and GenesisUNet; the others have batch normalisation. Default instance.</summary>
    public NormKind Norm { get; init; } = NormKind.Instance;

    /// <summary>Whether the encoder is nnU-Net's residual one: a convolution, then residual blocks of two convolutions. Default false.</summary>
    public bool Residual { get; init; }

    /// <summary>Residual blocks of each level, in 1..16; null: 1, 3, 4 and then 6. Only with <see cref="Residual"/>.</summary>
    public IReadOnlyList<int>? Blocks { get; init; }

    /// <summary>Slope of the activation below zero, in [0, 1). Default 0.01.</summary>
    public double Slope { get; init; } = 0.01;

    /// <summary>Probability in [0, 1) of being dropped in training: a channel of the decoder of ResUNets and DenseUNets, an element between
    /// the layers of transformers; the other kinds drop nothing. Default 0.1.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>Height and width of the image, (j, i), multiples of 16: transformers learn one value a place. Follows the patch in a training;
    /// the other kinds have none. Default null.</summary>
    public IReadOnlyList<int>? Sides { get; init; }

    /// <summary>Levels that can have an output for deep supervision: those that transposed convolutions enlarge, and the full size.</summary>
    internal int OutputLevels() => Kind switch
    {
        NetworkKind.UNet => Features.Count,
        NetworkKind.GenesisUNet => 4,
        NetworkKind.PlainUNet => 1,
        _ => Kind.HasPositions() ? 1 : 6,
    };

    /// <summary>Convolutions a block of a level.</summary>
    internal int ConvolutionsAt(int level) => Convolutions.Count == 1 ? Convolutions[0] : Convolutions[level];

    /// <summary>Residual blocks of a level.</summary>
    internal int BlocksAt(int level) => Blocks?[level] ?? level switch { 0 => 1, 1 => 3, 2 => 4, _ => 6 };

    /// <summary>Kernel sides of a level.</summary>
    internal IReadOnlyList<int> KernelAt(int level) => Kernels?[level] ?? [.. Enumerable.Repeat(3, Dimensionality)];

    /// <summary>Step into a level.</summary>
    internal IReadOnlyList<int> StrideAt(int level) => Strides?[level] ?? [.. Enumerable.Repeat(level == 0 ? 1 : 2, Dimensionality)];

    /// <summary>Product of all steps of an axis (0 = slowest): sides of the input must be multiples of it.</summary>
    public int Divisor(int axis) => Kind == NetworkKind.UNet
        ? Enumerable.Range(0, Features.Count).Aggregate(1, (product, level) => product * StrideAt(level)[axis])
        : Kind.Divisor();

    /// <summary>All faults, with the key and what is allowed; empty when the description is sound.</summary>
    public IReadOnlyList<KeyError> Check()
    {
        List<KeyError> errors = [];
        void Must(bool fine, string key, string message)
        {
            if (!fine) errors.Add(new KeyError("network." + key, message));
        }
        Must(Dimensionality is 2 or 3, "dimensionality", "2 or 3 is allowed.");
        Must(InputChannels >= 1, "inputChannels", "At least 1 is needed.");
        Must(Classes >= 1, "classes", "At least 1 is needed.");
        Must(Features.Count is >= 2 and <= 10 && Features.All(f => f >= 1), "features", "2 to 10 levels of at least 1 channel are allowed.");
        Must((Convolutions.Count == 1 || Convolutions.Count == Features.Count) && Convolutions.All(c => c is >= 1 and <= 8),
            "convolutions", "One number, or one a level, in 1..8.");
        Must(Kernels is null || Fits(Kernels, side => side >= 1 && side % 2 == 1), "kernels", "One odd side an axis for each level.");
        Must(Strides is null || (Fits(Strides, step => step is >= 1 and <= 4) && Strides[0].All(step => step == 1)),
            "strides", "One step in 1..4 an axis for each level; the first level's are 1.");
        Must(Blocks is null || (Residual && Blocks.Count == Features.Count && Blocks.All(b => b is >= 1 and <= 16)),
            "blocks", "One number in 1..16 a level, and only with residual.");
        Must(Slope is >= 0 and < 1, "slope", "A number in [0, 1) is needed.");
        Must(Dropout is >= 0 and < 1, "dropout", "A number in [0, 1) is needed.");
        if (Kind == NetworkKind.UNet)
            Must(Norm != NormKind.Group || Features.All(f => f % 8 == 0), "norm", "group needs features that are multiples of 8.");
        else
            CheckFixed(Must);
        return errors;
    }

    /// <summary>Keys that a kind with fixed layers does not read must be left out: a value there would silently do nothing.</summary>
    private void CheckFixed(Action<bool, string, string> must)
    {
        UNetOptions plain = new();
        must(Dimensionality == Kind.Dimensionality(), "dimensionality", $"This kind of network has {Kind.Dimensionality()} spatial axes.");
        const string Fixed = "Only the kind u-net reads this key; leave it out.";
        must(Features.SequenceEqual(plain.Features), "features", Fixed);
        must(Convolutions.SequenceEqual(plain.Convolutions), "convolutions", Fixed);
        must(Kernels is null, "kernels", Fixed);
        must(Strides is null, "strides", Fixed);
        must(!Residual, "residual", Fixed);
        must(Blocks is null, "blocks", Fixed);
        must(Slope == plain.Slope, "slope", Fixed);
        must(Kind == NetworkKind.GenesisUNet || Norm == plain.Norm, "norm", "Only the kinds u-net and genesis-u-net read this key; leave it out.");
        must(Kind.HasDropout() || Dropout == plain.Dropout, "dropout", "This kind of network drops nothing; leave it out.");
        must(!Kind.HasPositions() || (Sides is { Count: 2 } && Sides.All(side => side > 0 && side % 16 == 0)), "sides", "Two multiples of 16 are needed.");
    }

    private bool Fits(IReadOnlyList<IReadOnlyList<int>> levels, Func<int, bool> allowed) =>
        levels.Count == Features.Count && levels.All(level => level.Count == Dimensionality && level.All(allowed));
}
