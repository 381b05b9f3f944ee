using MedISeg.Dicom;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;

namespace MedISeg.Api.Jobs;

/// <summary>Reads DICOM files as one image: one series, or one a channel, each checked against the package's rules.</summary>
internal sealed class DicomInputs(DicomSeriesReader reader)
{
    /// <summary>What a segmentation must name of each slice.</summary>
    private static readonly DicomTag[] NeededUids = [DicomTag.FrameOfReferenceUID, DicomTag.SOPClassUID, DicomTag.SOPInstanceUID];

    /// <summary>Reads all files.</summary>
    /// <param name="paths">Files in any order.</param>
    /// <param name="channels">Channel of each file, from 0; null: the package's rules say it.</param>
    /// <param name="manifest">The package.</param>
    /// <param name="options">What to do with what is not as the package wants it.</param>
    /// <param name="limits">What all channels together may take.</param>
    /// <param name="cancellationToken">Checked once a file and once a slice.</param>
    /// <exception cref="SegmentationException">As <see cref="DicomSeriesReader"/> reads; <see cref="ErrorCode.MixedSeries"/>, <see
    /// cref="ErrorCode.ChannelMismatch"/>, <see cref="ErrorCode.ModalityMismatch"/>.</exception>
    public JobImage Read(
        IReadOnlyList<string> paths, IReadOnlyList<int>? channels, ModelManifest manifest, EffectiveOptions options, ImageLimits limits, CancellationToken cancellationToken)
    {
        IReadOnlyList<ModelInput> inputs = manifest.Inputs;
        IReadOnlyList<DicomSeries> sources = channels is null
            ? ByRules(paths, inputs, options, cancellationToken)
            : [.. inputs.Select((_, n) => reader.OpenSingle(
                [.. paths.Where((_, file) => channels[file] == n)], options.Geometry, options.Stack, cancellationToken))];
        if (options.PetUnits == PetUnits.SuvBodyWeight)
            sources = [.. sources.Select(source => IsPet(source) ? source with { Scale = StandardUptake.FactorOf(source) } : source)];
        CheckColours(sources, manifest);
        List<string> warnings = [.. sources.Select(source => source.Stack?.Warning).OfType<string>()];
        if (sources.Sum(source => source.LocalizersLeftOut) is > 0 and int scouts) warnings.Add($"{scouts} localizer image(s) of the upload were left out.");
        for (int n = 0; n < inputs.Count; n++)
        {
            // A series of colours is all channels.
            DicomSeries source = sources[Math.Min(n, sources.Count - 1)];
            foreach (string fault in SeriesRules.Check(source.Header, inputs[n].Modality, inputs[n].Match))
                if (options.ModalityMismatch == MismatchPolicy.Warn) warnings.Add(fault);
                else throw new SegmentationException(ErrorCode.ModalityMismatch,
                    $"{fault} Send such a series, choose another model, or ask for option modalityMismatch 'warn'.");
        }
        Volume image = sources.Count == 1
            ? reader.Read(sources[0], limits, null, cancellationToken)
            : SeriesChannels.Read(reader, sources, [.. inputs.Select(input => input.Name)], limits, null, cancellationToken);
        InputKind kind = Kind(sources[0], image);
        if (kind != InputKind.Dicom)
            warnings.Add("The images do not say where they lie in the patient and what they are called, so that no DICOM segmentation can refer to them.");
        else if (!Has(sources[0].Header, DicomTag.StudyInstanceUID) || !Has(sources[0].Header, DicomTag.SeriesInstanceUID))
            warnings.Add("The images do not say to which study and series they belong; the segmentation names them anew, so that a viewer may not show it with them.");
        return new JobImage(image, kind, sources, [.. warnings.Distinct()]);
    }

    /// <summary>Known before the network runs, so that no long job ends without a result.</summary>
    private static InputKind Kind(DicomSeries source, Volume image)
    {
        bool canBeReferredTo = source.IsInPatientSpace && NeededUids.All(tag => source.Slices.All(slice => Has(slice.Header, tag)));
        if (canBeReferredTo) return InputKind.Dicom;
        return image.IsPlanar ? InputKind.DicomPicture : InputKind.Nifti;
    }

    private static bool IsPet(DicomSeries series) => series.Header.GetSingleValueOrDefault(DicomTag.Modality, "") == "PT";

    private static bool Has(DicomDataset header, DicomTag tag) => header.GetSingleValueOrDefault(tag, "").Length > 0;

    private IReadOnlyList<DicomSeries> ByRules(
        IReadOnlyList<string> paths, IReadOnlyList<ModelInput> inputs, EffectiveOptions options, CancellationToken cancellationToken)
    {
        if (inputs.Count == 1) return [reader.OpenSingle(paths, options.Geometry, options.Stack, cancellationToken)];
        if (options.Stack is not null)
            throw new SegmentationException(ErrorCode.InvalidOption, "The option stack is for models of one channel; name the parts of the request by channel instead.");
        IReadOnlyList<DicomSeries> series = reader.Open(paths, options.Geometry, cancellationToken);
        // Colours may be the channels.
        if (series.Count == 1 && Samples(series[0]) > 1) return series;
        return SeriesChannels.Match(series, [.. inputs.Select(input => new ChannelRule(input.Name, input.Modality, input.Match))]);
    }

    /// <summary>Before modality: what is sent by mistake is mostly a screenshot, and its modality says less.</summary>
    private static void CheckColours(IReadOnlyList<DicomSeries> sources, ModelManifest manifest)
    {
        int samples = Samples(sources[0]);
        if (sources.Count == 1 && manifest.Inputs.Count == 1 && samples > 1 && manifest.Colours != ColourRule.Grey && !manifest.Intensity.Any(step => step is ChannelOrderStep))
            throw new SegmentationException(ErrorCode.ChannelMismatch,
                $"The images are in colour ({samples} values a pixel), and the model takes one channel of grey values; send the original series, not screenshots of it.");
    }

    private static int Samples(DicomSeries series) => series.Header.GetSingleValueOrDefault(DicomTag.SamplesPerPixel, (ushort)1);
}
