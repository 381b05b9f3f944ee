using System.Collections.Frozen;
using MedISeg.Api.Jobs;
using MedISeg.Imaging.Errors;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace MedISeg.Api.Results;

/// <summary>Chooses the kind of answer by <c>?format=</c>, else by Accept, else by the kind of input.</summary>
internal sealed class ResultFormats
{
    private readonly IResultEncoder[] _encoders;
    private readonly FrozenDictionary<string, IResultEncoder> _byName;

    /// <summary>Takes all encoders.</summary>
    /// <exception cref="ArgumentException">Two share a name.</exception>
    public ResultFormats(IEnumerable<IResultEncoder> encoders)
    {
        _encoders = [.. encoders];
        if (_encoders.Select(encoder => encoder.Name).Distinct(StringComparer.Ordinal).Count() != _encoders.Length)
            throw new ArgumentException("Two result encoders share a name.", nameof(encoders));
        _byName = _encoders.ToFrozenDictionary(encoder => encoder.Name, StringComparer.Ordinal);
    }

    /// <summary>Chooses.</summary>
    /// <param name="format">Value of <c>?format=</c>; null or empty: not given.</param>
    /// <param name="accept">Accept headers.</param>
    /// <param name="input">Kind of the job's input.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.NotAcceptable"/>, with what can be made.</exception>
    public IResultEncoder Choose(string? format, StringValues accept, InputKind input)
    {
        IResultEncoder[] served = [.. _encoders.Where(encoder => encoder.Serves(input)).OrderByDescending(encoder => encoder.IsDefaultOf(input))];
        return Choose(format, accept, served) ?? throw NotAcceptable(
            $"Of this kind of image these results can be made: {string.Join(", ", _encoders.Where(encoder => encoder.Serves(input)).Select(Spelling))}.");
    }

    /// <summary>Chooses for a map: NIfTI whatever the input was, or of a DICOM series a segmentation.</summary>
    /// <inheritdoc cref="Choose(string?, StringValues, InputKind)" path="/param"/>
    /// <inheritdoc cref="Choose(string?, StringValues, InputKind)" path="/exception"/>
    public IResultEncoder ChooseMap(string? format, StringValues accept, InputKind input)
    {
        IResultEncoder[] served = [.. _encoders.Where(encoder => encoder is NiftiGzipEncoder or NiftiEncoder || (encoder is DicomEncoder && encoder.Serves(input)))
            .OrderByDescending(encoder => encoder is NiftiGzipEncoder)];
        return Choose(format, accept, served) ?? throw NotAcceptable($"A map comes as {string.Join(", ", served.Select(Spelling))}.");
    }

    /// <summary>Chooses among encoders, of which the first is the default; null: none fits.</summary>
    private IResultEncoder? Choose(string? format, StringValues accept, IResultEncoder[] served)
    {
        if (!string.IsNullOrEmpty(format)) return _byName.TryGetValue(format, out IResultEncoder? named) && served.Contains(named) ? named : null;
        if (StringValues.IsNullOrEmpty(accept)) return served[0];
        if (!MediaTypeHeaderValue.TryParseList(accept, out IList<MediaTypeHeaderValue>? ranges)) return null;
        // A type with quality 0 is refused, whatever a wildcard beside it allows.
        MediaTypeHeaderValue[] refused = [.. ranges.Where(range => range.Quality is 0 && !range.MatchesAllSubTypes)];
        IResultEncoder[] allowed = [.. served.Where(encoder => !refused.Any(range => Matches(range, encoder)))];
        foreach (MediaTypeHeaderValue range in ranges.Where(range => range.Quality is not 0).OrderByDescending(range => range, MediaTypeHeaderValueComparer.QualityComparer))
            if (allowed.FirstOrDefault(encoder => Matches(range, encoder)) is { } found) return found;
        return null;
    }

    private static bool Matches(MediaTypeHeaderValue range, IResultEncoder encoder) =>
        encoder.MediaTypes.Any(type => new MediaTypeHeaderValue(type).IsSubsetOf(range));

    private static string Spelling(IResultEncoder encoder) => $"{encoder.MediaTypes[0]} (?format={encoder.Name})";

    private static SegmentationException NotAcceptable(string reason) => new(ErrorCode.NotAcceptable, reason);
}
