using System.CommandLine;
using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Readers;
using MedISeg.Training.Planning;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Verbs;

/// <summary><c>plan</c>: a data set to training options, by nnU-Net's rules.</summary>
internal static class PlanVerb
{
    private const string Positive = "positive", Rgb = "rgb";
    private static readonly JsonSerializerOptions Indented = new(SegmentationOptions.Json) { WriteIndented = true };

    private static readonly Option<string> Out = new("--out") { Description = "Folder for fingerprint.json, plan.md and one NAME.json a configuration; must not hold a plan yet.", Required = true };
    private static readonly Option<string?> Fingerprint = new("--fingerprint") { Description = "fingerprint.json of an earlier plan of the same data: the images are not read again." };
    private static readonly Option<double> Memory = new("--memory") { Description = "Memory of the accelerator in GB on nnU-Net's scale; 8 gives its usual plans. With --cpu: memory of the machine.", DefaultValueFactory = _ => 8 };
    private static readonly Option<bool> Residual = new("--residual") { Description = "Residual encoders (nnU-Net's ResEnc: --memory 8 is M, 24 L, 40 XL)." };
    private static readonly Option<bool> Cpu = new("--cpu") { Description = "Networks that a processor can train: fewer features and smaller patches, by estimated time and memory." };
    private static readonly Option<double> StepSeconds = new("--step-seconds") { Description = "With --cpu: seconds that a training step may take.", DefaultValueFactory = _ => 1 };
    private static readonly Option<double> Gigaflops = new("--gigaflops") { Description = "With --cpu: billions of operations a second that the processor reaches in training.", DefaultValueFactory = _ => 40 };
    private static readonly Option<string?> Spacing = new("--spacing") { Description = "Spacing in mm instead of that of the data: one number, or k,j,i (k from feet to head)." };
    private static readonly Option<string?> Inputs = new("--inputs") { Description = "Names of the channels, divided by commas. ct, zscore, rescale_0_1, rgb_to_0_1 and nonorm choose the normalisation; others have zscore. Without it: those of dataset.json." };
    private static readonly Option<string?> Classes = new("--classes") { Description = "Names of labels, such as 1=kidney,2=tumour. Without it: those of dataset.json." };
    private static readonly Option<string?> Labels = new Option<string?>("--labels") { Description = "positive: every label above 0 becomes class 1 (masks of 0 and 255, instances)." }.AcceptOnlyFromAmong(Positive);
    private static readonly Option<string?> Colours = new Option<string?>("--colours") { Description = "Where grey and colour images are mixed: rgb repeats grey ones, grey takes the lightness of colour ones." }.AcceptOnlyFromAmong(Rgb, "grey");
    private static readonly Option<string?> Task = new("--task") { Description = "What the networks shall segment, one line." };
    private static readonly Option<int?> Steps = new("--steps") { Description = "Steps of the training. Without it: 250000, with --cpu 5000." };
    private static readonly Option<int> Seed = new("--seed") { Description = "Seed of the sample of intensities and of the trainings.", DefaultValueFactory = _ => 2022 };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        Command command = new("plan",
            "Looks at a data set and writes training options that suit it: spacing, normalisation, patch, network and batch by nnU-Net's rules, " +
            "with the reasons in plan.md. Train with train --config NAME.json.")
        {
            DataArguments.Data, DataArguments.Format, DataArguments.Splits, Out, Fingerprint, Memory, Residual, Cpu, StepSeconds, Gigaflops, Spacing, Inputs, Classes,
            Labels, Colours, Task, Steps, Seed,
        };
        command.SetAction((parsed, token) => VerbRunner.RunAsync(cancelled => Run(parsed, cancelled), token));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        string folder = parsed.GetRequiredValue(Out);
        if (File.Exists(Path.Combine(folder, "plan.md")))
            throw new SegmentationException(ErrorCode.InvalidOption, "The folder holds a plan already; name another one.");
        DataOptions data = DataArguments.Options(parsed, new DataOptions());
        if (parsed.GetValue(Labels) == Positive) data = data with { Labels = LabelRule.Positive };
        if (parsed.GetValue(Colours) is { } colours) data = data with { Colours = colours == Rgb ? ColourRule.Rgb : ColourRule.Grey };
        IReadOnlyList<DatasetCase> cases = DataArguments.Cases(parsed, data);
        if (DataArguments.Split(parsed)?.Of(cases, 0) is { } parts) cases = [.. parts.Training, .. parts.Validation];
        int seed = parsed.GetValue(Seed);
        PlanOptions options = Options(parsed, data);
        DatasetFingerprint fingerprint = Read(parsed, cases, seed, cancellationToken);
        DatasetPlan plan = DatasetPlanner.Plan(fingerprint, options);
        Dictionary<string, TrainOptions> trainings = plan.Configurations
            .Where(one => one.Name != DatasetPlanner.Planar || fingerprint.Planar)
            .ToDictionary(one => one.Name, one => PlannedTraining.Options(plan, one, fingerprint, options, data, seed));

        Directory.CreateDirectory(folder);
        FingerprintFile.Write(Path.Combine(folder, "fingerprint.json"), fingerprint);
        foreach ((string name, TrainOptions training) in trainings)
            File.WriteAllText(Path.Combine(folder, name + ".json"), JsonSerializer.Serialize(training, Indented) + "\n");
        string text = PlanMarkdown.Write(plan, fingerprint, options, trainings.Keys.ToHashSet());
        File.WriteAllText(Path.Combine(folder, "plan.md"), text);
        Console.WriteLine(text);
        return ExitCodes.Success;
    }

    private static DatasetFingerprint Read(ParseResult parsed, IReadOnlyList<DatasetCase> cases, int seed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(Fingerprint) is not { } path)
        {
            DatasetFingerprint? made = null;
            CountProgressView.Show("cases", cases.Count, done => made = FingerprintExtractor.Extract(cases, seed, done, cancellationToken));
            return made!;
        }
        DatasetFingerprint fingerprint = FingerprintFile.Read(path);
        return fingerprint.Cases.Count == cases.Count
            ? fingerprint
            : throw new SegmentationException(ErrorCode.InvalidOption,
                $"The fingerprint is of {fingerprint.Cases.Count} cases and the data have {cases.Count}; leave out --fingerprint, or name the data it was taken of.");
    }

    private static PlanOptions Options(ParseResult parsed, DataOptions data)
    {
        DatasetDescription? described = parsed.GetRequiredValue(DataArguments.Data).Where(DatasetDescription.IsIn).Select(DatasetDescription.Read).FirstOrDefault();
        string? inputs = parsed.GetValue(Inputs), task = parsed.GetValue(Task);
        IReadOnlyDictionary<int, string> classes = LabelArgument.Texts(Classes.Name, parsed.GetValue(Classes));
        return new PlanOptions
        {
            MemoryGb = Above0(parsed, Memory),
            Residual = parsed.GetValue(Residual),
            Cpu = parsed.GetValue(Cpu),
            StepSeconds = Above0(parsed, StepSeconds),
            Gigaflops = Above0(parsed, Gigaflops),
            Spacing = parsed.GetValue(Spacing) is { } spacing ? Sides(SpacingArgument.Parse(spacing)) : null,
            Inputs = inputs?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? (described is { ChannelNames.Count: > 0 } ? described.ChannelNames : null),
            Classes = classes.Count > 0 || data.Labels == LabelRule.Positive ? classes : described?.LabelNames ?? classes,
            Task = string.IsNullOrWhiteSpace(task) ? "segmentation" : task,
            Steps = parsed.GetValue(Steps) is { } steps ? steps >= 1 ? steps : throw new SegmentationException(ErrorCode.InvalidOption, "--steps must be at least 1.") : null,
        };
    }

    private static double[] Sides(SpacingMm spacing) => [spacing.K, spacing.J, spacing.I];

    private static double Above0(ParseResult parsed, Option<double> option) => parsed.GetValue(option) is var value && value > 0 && double.IsFinite(value)
        ? value
        : throw new SegmentationException(ErrorCode.InvalidOption, $"{option.Name} must be a number above 0.");
}
