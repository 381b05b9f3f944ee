using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Training.Data;

namespace MedISeg.Training.Evaluation;

/// <summary>Predicted label maps on disk, so that scores can be worked out again without the network: one file a case and
/// <c>predictions.json</c>, which is written last.</summary>
internal sealed class PredictionFolder
{
    /// <summary>Name of the list.</summary>
    public const string ListName = "predictions.json";

    private static readonly JsonSerializerOptions Json = new(SegmentationOptions.Json)
    {
        WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    };
    private static readonly ImageLimits Limits = new();

    private readonly string _path;
    private readonly List<PredictedCase> _cases = [];

    private PredictionFolder(string path, PredictionList list) => (_path, List) = (path, list);

    /// <summary>What it holds; of a folder that is being filled, without the cases.</summary>
    public PredictionList List { get; }

    /// <summary>Makes a folder that is not there, or takes an empty one.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="list">What it will hold, without cases.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: it holds something.</exception>
    public static PredictionFolder Create(string path, PredictionList list)
    {
        Directory.CreateDirectory(path);
        if (Directory.EnumerateFileSystemEntries(path).Any())
            throw new SegmentationException(ErrorCode.InvalidOption, "The folder for predictions is not empty; name another one or empty it.");
        return new PredictionFolder(path, list);
    }

    /// <summary>Opens what <see cref="Finish"/> has closed.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: no list, or not such a list.</exception>
    public static PredictionFolder Open(string path)
    {
        string file = Path.Combine(path, ListName);
        if (!File.Exists(file))
            throw new SegmentationException(ErrorCode.InvalidOption, $"The folder of predictions has no {ListName}; make it by evaluate --predictions.");
        try
        {
            PredictionList list = JsonSerializer.Deserialize<PredictionList>(File.ReadAllText(file), Json) ?? throw Damaged();
            return list.SchemaVersion == 1 && list.Classes.Count > 0 && list.Classes.DistinctBy(c => c.Id).Count() == list.Classes.Count &&
                list.Cases.All(c => c.File == Path.GetFileName(c.File)) && list.Cases.DistinctBy(c => c.Name).Count() == list.Cases.Count
                ? new PredictionFolder(path, list)
                : throw Damaged();
        }
        catch (JsonException fault)
        {
            throw Damaged(fault);
        }
    }

    /// <summary>Stores the labels of a case: PNG for a plane of 1 mm pixels, as pictures are read; else NIfTI.</summary>
    public void Add(string name, LabelMap labels, double seconds)
    {
        VolumeGeometry geometry = labels.Geometry;
        bool picture = geometry.Grid.Depth == 1 && geometry.Matches(VolumeGeometry.AxisAligned(geometry.Grid, new SpacingMm(1, 1, 1)));
        string file = $"{_cases.Count:D4}-{string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_'))}{(picture ? ".png" : ".nii.gz")}";
        using (FileStream stream = File.Create(Path.Combine(_path, file)))
        {
            if (picture) RasterWriter.WriteLabels(stream, labels);
            else NiftiWriter.Write(stream, labels, gzip: true);
        }
        _cases.Add(new PredictedCase(name, file, seconds));
    }

    /// <summary>Writes the list.</summary>
    public void Finish() => File.WriteAllText(Path.Combine(_path, ListName), JsonSerializer.Serialize(List with { Cases = _cases }, Json));

    /// <summary>The cases of a data set that are here, by name.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the data set lacks one.</exception>
    public IReadOnlyDictionary<string, DatasetCase> Match(IReadOnlyList<DatasetCase> cases)
    {
        HashSet<string> here = [.. List.Cases.Select(c => c.Name)];
        Dictionary<string, DatasetCase> found = cases.Where(c => here.Contains(c.Name)).ToDictionary(c => c.Name);
        return found.Count == here.Count
            ? found
            : throw new SegmentationException(ErrorCode.InvalidOption,
                $"The data folder lacks {here.Count - found.Count} of the {here.Count} predicted cases; name the folder that they were predicted from.");
    }

    /// <summary>Reads the labels of a case.</summary>
    /// <exception cref="SegmentationException">The file cannot be read.</exception>
    public LabelMap Read(PredictedCase one) => ImageReader.ReadLabels(Path.Combine(_path, one.File), Limits);

    private static SegmentationException Damaged(Exception? fault = null) =>
        new(ErrorCode.InvalidOption, $"{ListName} of the folder of predictions is damaged; make it again by evaluate --predictions.", fault);
}
