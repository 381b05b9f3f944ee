using System.CommandLine;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Phantoms;
using MedISeg.Training.Data;

namespace MedISeg.Training.Verbs;

/// <summary><c>phantom</c>: a data set of made-up CT abdomens.</summary>
internal static class PhantomVerb
{
    private const string Random = "random";

    private static readonly Option<string> Out = new("--out") { Description = "Folder for images/, labels/ and phantoms.json; it must not hold images yet.", Required = true };
    private static readonly Option<int> Count = new("--count") { Description = "Number of phantoms, 1 to 9999.", DefaultValueFactory = _ => 1 };
    private static readonly Option<int> Seed = new("--seed") { Description = "Seed of the first phantom, 0 or more; the next ones count on.", DefaultValueFactory = _ => 0 };
    private static readonly Option<string?> Spacing = new("--spacing") { Description = "Voxel spacing in mm: one number, or k,j,i. Without it, drawn for each phantom." };
    private static readonly Option<double?> Oblique = new("--oblique") { Description = "Angle of the scan to the patient in degrees, 0 to 45. Without it, drawn." };
    private static readonly Option<string> Axes = new("--axes") { Description = "Directions in which i, j and k grow, such as LPS or RAS; random: any of the 48 orders.", DefaultValueFactory = _ => "LPS" };
    private static readonly Option<string> Kidneys = Choice("--kidneys", "Kidneys of every phantom.", "both", "left", "right", Random);
    private static readonly Option<string> Tumour = Choice("--tumour", "Whether a kidney has a tumour.", "true", "false", Random);
    private static readonly Option<double?> Noise = new("--noise") { Description = "Standard deviation of the noise in HU, 0 to 200. Without it, drawn from 10 to 25." };
    private static readonly Option<bool> NoStreaks = new("--no-streaks") { Description = "No streaks through the spine." };
    private static readonly Option<bool> Organs = new("--organs") { Description = "Label body 1, spine 2, lung 3, liver 4, left kidney 5, right kidney 6, tumour 7 instead of kidney 1, tumour 2." };

    private static readonly Option<bool> Dicom = new("--dicom") { Description = "Also write each image as a CT series: dicom/NNNN/ with one file a slice." };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        Command command = new("phantom", "Makes CT-like abdomens with exact labels: images/NNNN.nii.gz, labels/NNNN.nii.gz and phantoms.json with seeds and anatomy.")
        {
            Out, Count, Seed, Spacing, Oblique, Axes, Kidneys, Tumour, Noise, NoStreaks, Organs, Dicom,
        };
        command.SetAction((parsed, token) => VerbRunner.RunAsync(cancelled => Run(parsed, cancelled), token));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        int count = parsed.GetValue(Count), seed = parsed.GetValue(Seed);
        if (count is < 1 or > 9999) throw new SegmentationException(ErrorCode.InvalidOption, "--count must be 1 to 9999.");
        if (seed < 0 || seed > int.MaxValue - count)
            throw new SegmentationException(ErrorCode.InvalidOption, "--seed must be 0 or more, and seed + count at most 2147483647.");
        string kidneys = parsed.GetRequiredValue(Kidneys), tumour = parsed.GetRequiredValue(Tumour);
        PhantomOptions options = new()
        {
            Seed = seed,
            Spacing = parsed.GetValue(Spacing) is { } spacing ? SpacingArgument.Parse(spacing) : null,
            ObliquityDegrees = parsed.GetValue(Oblique),
            StoredAxes = ParseAxes(parsed.GetRequiredValue(Axes)),
            Kidneys = kidneys switch
            {
                "both" => PhantomKidneys.Both,
                "left" => PhantomKidneys.LeftOnly,
                "right" => PhantomKidneys.RightOnly,
                _ => null,
            },
            Tumour = tumour == Random ? null : tumour == "true",
            NoiseHu = parsed.GetValue(Noise),
            Streaks = !parsed.GetValue(NoStreaks),
        };
        PhantomFolder folder = PhantomFolder.Create(parsed.GetRequiredValue(Out), parsed.GetValue(Organs), parsed.GetValue(Dicom));
        CountProgressView.Show("phantoms", count, done => folder.Write(options, count, done, cancellationToken));
        Console.WriteLine($"{count} phantoms of seeds {seed} to {seed + count - 1}.");
        return ExitCodes.Success;
    }

    private static AxisOrientation? ParseAxes(string text)
    {
        if (text == Random) return null;
        try
        {
            return AxisOrientation.Towards(VolumeGeometry.AxisAligned(new(1, 1, 1), new SpacingMm(1, 1, 1)), text);
        }
        catch (ArgumentException fault)
        {
            throw new SegmentationException(ErrorCode.InvalidOption, "--axes needs three letters of L/R, P/A, S/I, such as LPS, or random.", fault);
        }
    }

    private static Option<string> Choice(string name, string description, params string[] values)
    {
        Option<string> option = new(name) { Description = description, DefaultValueFactory = _ => Random };
        return option.AcceptOnlyFromAmong(values);
    }
}
