using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Phantoms;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Data;

/// <summary>A data set of phantoms on disk, laid out as <see cref="DatasetFolder"/> reads it, with <c>phantoms.json</c> beside.</summary>
internal sealed class PhantomFolder
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    private readonly string _folder;
    private readonly bool _organs, _dicom;

    private PhantomFolder(string folder, bool organs, bool dicom)
    {
        _folder = folder;
        _organs = organs;
        _dicom = dicom;
    }

    /// <summary>Makes the folders.</summary>
    /// <param name="folder">Made where it is missing.</param>
    /// <param name="organs">Whether labels are those of <see cref="PhantomLabel"/>; otherwise kidney 1 and tumour 2.</param>
    /// <param name="dicom">Whether images are written as DICOM series too.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: there are images already; two sets must not mix.</exception>
    public static PhantomFolder Create(string folder, bool organs, bool dicom)
    {
        string images = Path.Combine(folder, "images");
        Directory.CreateDirectory(images);
        Directory.CreateDirectory(Path.Combine(folder, "labels"));
        if (Directory.EnumerateFileSystemEntries(images).Any())
            throw new SegmentationException(ErrorCode.InvalidOption, "The folder of --out holds images already; name a new one or remove them.");
        return new PhantomFolder(folder, organs, dicom);
    }

    /// <summary>Makes and writes phantoms, several at a time.</summary>
    /// <param name="options">Those of the first; the seed counts on.</param>
    /// <param name="count">How many.</param>
    /// <param name="written">Called for each one, from any thread.</param>
    /// <param name="cancellationToken">Checked once a plane.</param>
    public void Write(PhantomOptions options, int count, Action written, CancellationToken cancellationToken)
    {
        PhantomCase[] cases = new PhantomCase[count];
        ParallelOptions parallel = new() { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        try
        {
            Parallel.For(0, count, parallel, n =>
            {
                cases[n] = WriteOne(options with { Seed = options.Seed + n }, n.ToString("D4", CultureInfo.InvariantCulture), cancellationToken);
                written();
            });
        }
        catch (AggregateException fault) when (fault.InnerException is SegmentationException or IOException or UnauthorizedAccessException)
        {
            // The first fault says what to do; the loop packs all of them into one.
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(fault.InnerException).Throw();
        }
        File.WriteAllText(Path.Combine(_folder, "phantoms.json"), JsonSerializer.Serialize(cases, Json));
    }

    private PhantomCase WriteOne(PhantomOptions options, string name, CancellationToken cancellationToken)
    {
        Phantom phantom = AbdomenPhantom.Create(options, cancellationToken);
        using (FileStream stream = File.Create(Path.Combine(_folder, "images", name + ".nii.gz")))
            NiftiWriter.Write(stream, phantom.Image, gzip: true);
        using (FileStream stream = File.Create(Path.Combine(_folder, "labels", name + ".nii.gz")))
            NiftiWriter.Write(stream, _organs ? phantom.Organs : phantom.KidneyAndTumour(), gzip: true);
        if (_dicom) PhantomSeries.Write(Path.Combine(_folder, "dicom", name), phantom.Image, options.Seed);
        GridSize grid = phantom.Image.Geometry.Grid;
        return new PhantomCase(name, phantom.Anatomy, [grid.Depth, grid.Height, grid.Width],
            [phantom.Image.Geometry.Spacing.K, phantom.Image.Geometry.Spacing.J, phantom.Image.Geometry.Spacing.I]);
    }

    /// <summary>One entry of <c>phantoms.json</c>.</summary>
    /// <param name="Name">File name without ending.</param>
    /// <param name="Anatomy">What it shows.</param>
    /// <param name="Grid">Voxels, order (k, j, i).</param>
    /// <param name="SpacingMm">Spacing, order (k, j, i).</param>
    private sealed record PhantomCase(string Name, PhantomAnatomy Anatomy, IReadOnlyList<int> Grid, IReadOnlyList<double> SpacingMm);
}
