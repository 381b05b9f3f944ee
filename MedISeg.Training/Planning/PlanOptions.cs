namespace MedISeg.Training.Planning;

/// <summary>What a plan is made for.</summary>
internal sealed record PlanOptions
{
    /// <summary>Memory of the device in GB on nnU-Net's scale, on which 8 gives its usual plans, above 0. Default 8.</summary>
    public double MemoryGb { get; init; } = 8;

    /// <summary>Whether the encoder is residual (nnU-Net's ResEnc presets: 8 GB is M, 24 GB L, 40 GB XL). Default false.</summary>
    public bool Residual { get; init; }

    /// <summary>Whether networks are made small enough to be trained on a processor. Default false.</summary>
    public bool Cpu { get; init; }

    /// <summary>Processor: seconds that a training step may take, above 0. Default 1.</summary>
    public double StepSeconds { get; init; } = 1;

    /// <summary>Processor: 10^9 operations a second that it reaches in training, above 0. Default 40.</summary>
    public double Gigaflops { get; init; } = 40;

    /// <summary>Spacing instead of that of the data, mm, (k, j, i) of an LPS grid; of planes k is not read. Null: by the rules.</summary>
    public IReadOnlyList<double>? Spacing { get; init; }

    /// <summary>Names of the input channels; the normalisation follows them. Null: input-1, ... (red, green, blue for colour pictures).</summary>
    public IReadOnlyList<string>? Inputs { get; init; }

    /// <summary>Names of labels; those that are missing are called label-ID.</summary>
    public IReadOnlyDictionary<int, string> Classes { get; init; } = new Dictionary<int, string>();

    /// <summary>What the network shall segment, one line.</summary>
    public string Task { get; init; } = "segmentation";

    /// <summary>Steps of the training; null: 250,000 as nnU-Net, 5,000 on a processor.</summary>
    public int? Steps { get; init; }
}
