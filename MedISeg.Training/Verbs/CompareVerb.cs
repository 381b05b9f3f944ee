using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Pictures;
using MedISeg.Imaging.Volumes;
using MedISeg.Training.Evaluation;
using Spectre.Console;

namespace MedISeg.Training.Verbs;

/// <summary><c>compare</c>: a label map against its truth.</summary>
internal static class CompareVerb
{
    private static readonly string[] Palette = ["#e4572e", "#17bebb", "#ffc914", "#76b041", "#b388eb", "#f28482", "#84a59d"];
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private static readonly Option<string> Prediction = new("--prediction") { Description = "Label map to be judged: NIfTI, a picture, or a DICOM segmentation, whose segment n is label n.", Required = true };
    private static readonly Option<string> Truth = new("--truth") { Description = "Label map that is right, on the same grid: NIfTI or a picture.", Required = true };
    private static readonly Option<string?> Image = new("--image") { Description = "Image for the picture." };
    private static readonly Option<string?> Picture = new("--picture") { Description = "PNG to write: slices with both outlines. Needs --image." };
    private static readonly Option<string?> Names = new("--label-names") { Description = "Names, such as 1=kidney,2=tumour." };
    private static readonly Option<string?> JsonFile = new("--json") { Description = "JSON file to write the scores to." };
    private static readonly Option<string?> Minimum = new("--min") { Description = "Least Dice a label, such as 1=0.90,2=0.60; where one is not reached, the exit code is 1." };
    private static readonly Option<string?> Tolerance = new("--tolerance") { Description = "Tolerance of the surface Dice, mm: one number, or one a label such as 1=1.5,2=3. Default 1." };
    private static readonly Option<double> MinimumVolume = new("--min-volume-ml") { Description = "--min counts only where the truth holds more of the label than this, ml.", DefaultValueFactory = _ => 0 };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        Command command = new("compare", "Compares a label map with its truth: Dice, recall, precision, IoU, surface distances in mm and volumes of each label.")
        {
            Prediction, Truth, Image, Picture, Names, JsonFile, Tolerance, Minimum, MinimumVolume,
        };
        command.SetAction((parsed, token) => VerbRunner.RunAsync(_ => Run(parsed), token));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        IReadOnlyDictionary<int, string> names = LabelArgument.Texts(Names.Name, parsed.GetValue(Names));
        IReadOnlyDictionary<int, double> least = LabelArgument.Fractions(Minimum.Name, parsed.GetValue(Minimum));
        double above = parsed.GetValue(MinimumVolume);
        if (!(above >= 0)) throw new SegmentationException(ErrorCode.InvalidOption, "--min-volume-ml must be 0 or more.");
        string? picture = parsed.GetValue(Picture), image = parsed.GetValue(Image);
        if (picture is not null && image is null) throw new SegmentationException(ErrorCode.InvalidOption, "--picture needs --image.");

        ImageLimits limits = new();
        LabelMap truth = ImageReader.ReadLabels(parsed.GetRequiredValue(Truth), limits);
        LabelMap prediction = LabelFile.Read(parsed.GetRequiredValue(Prediction), truth.Geometry);
        IReadOnlyList<LabelComparison> labels = LabelComparison.Of(
            prediction, truth, names, least, above, new ScoringOptions().With(Tolerance.Name, parsed.GetValue(Tolerance)));
        Print(labels);
        if (parsed.GetValue(JsonFile) is { } json) File.WriteAllText(json, JsonSerializer.Serialize(new { labels, met = labels.All(l => l.IsMet) }, Json));
        if (picture is not null)
        {
            Volume shown = ImageReader.Read(image!, limits).Volume;
            if (!shown.Geometry.Matches(prediction.Geometry, 0.01))
                throw new SegmentationException(ErrorCode.InvalidGeometry, "The image of --image does not lie on the grid of the label maps.");
            Dictionary<int, string> colours = labels.ToDictionary(l => l.Label, l => Palette[(l.Label - 1) % Palette.Length]);
            ContourPicture.Write(picture, shown, prediction, colours,
                new ContourPictureOptions { Truth = truth, Names = labels.ToDictionary(l => l.Label, l => l.Name.ToUpperInvariant()) });
        }
        foreach (LabelComparison label in labels.Where(l => !l.IsMet))
            Console.Error.WriteLine($"{label.Name}: a Dice of at least {Score(label.LeastDice)} is asked for.");
        return labels.All(l => l.IsMet) ? ExitCodes.Success : ExitCodes.CheckFailed;
    }

    private static void Print(IReadOnlyList<LabelComparison> labels)
    {
        Table table = new() { Border = TableBorder.Simple };
        table.AddColumn("label");
        foreach (string column in (string[])["Dice", "recall", "precision", "IoU", "surface Dice", "HD95 mm", "ml", "true ml"]) table.AddColumn(new TableColumn(column).RightAligned());
        foreach (LabelComparison l in labels)
            table.AddRow(Markup.Escape(l.Name), Score(l.Dice), Score(l.Recall), Score(l.Precision), Score(l.Iou), Score(l.SurfaceDice), Mm(l.Hd95Mm), Ml(l.PredictedMl), Ml(l.TrueMl));
        AnsiConsole.Write(table);
    }

    private static string Score(double? score) => score?.ToString("F3", CultureInfo.InvariantCulture) ?? "-";

    private static string Mm(double? mm) => mm?.ToString("F2", CultureInfo.InvariantCulture) ?? "-";

    private static string Ml(double ml) => ml.ToString("F1", CultureInfo.InvariantCulture);
}
