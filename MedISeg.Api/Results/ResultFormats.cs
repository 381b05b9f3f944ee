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
        if (!string.IsNullOrEmpty(format))
            return _byName.TryGetValue(format, out IResultEncoder? named) && named.Serves(input) ? named : throw NotAcceptable(input);
        if (StringValues.IsNullOrEmpty(accept)) return Default(input);
        if (!MediaTypeHeaderValue.TryParseList(accept, out IList<MediaTypeHeaderValue>? ranges)) throw NotAcceptable(input);
        // A type with quality 0 is refused, whatever a wildcard beside it allows.
        MediaTypeHeaderValue[] refused = [.. ranges.Where(range => range.Quality is 0 && !range.MatchesAllSubTypes)];
        IResultEncoder[] allowed = [.. _encoders.Where(encoder => encoder.Serves(input) && !refused.Any(range => Matches(range, encoder)))
            .OrderByDescending(encoder => encoder.IsDefaultOf(input))];
        foreach (MediaTypeHeaderValue range in ranges.Where(range => range.Quality is not 0).OrderByDescending(range => range, MediaTypeHeaderValueComparer.QualityComparer))
            if (allowed.FirstOrDefault(encoder => Matches(range, encoder)) is { } found) return found;
        throw NotAcceptable(input);
    }

    /// <summary>Chooses for a map, which comes as NIfTI whatever the input was.</summary>
    /// <inheritdoc cref="Choose" path="/param"/>
    /// <inheritdoc cref="Choose" path="/exception"/>
    public IResultEncoder ChooseMap(string? format, StringValues accept) => Choose(format, accept, InputKind.Nifti) is (NiftiEncoder or NiftiGzipEncoder) and { } encoder
        ? encoder
        : throw new SegmentationException(ErrorCode.NotAcceptable, "A map comes as application/gzip (?format=nii.gz) or application/x-nifti (?format=nii).");

    private static bool Matches(MediaTypeHeaderValue range, IResultEncoder encoder) =>
        encoder.MediaTypes.Any(type => new MediaTypeHeaderValue(type).IsSubsetOf(range));

    private IResultEncoder Default(InputKind input) => _encoders.First(encoder => encoder.IsDefaultOf(input));

    private SegmentationException NotAcceptable(InputKind input)
    {
        IEnumerable<string> kinds = _encoders.Where(encoder => encoder.Serves(input)).Select(encoder => $"{encoder.MediaTypes[0]} (?format={encoder.Name})");
        return new SegmentationException(ErrorCode.NotAcceptable, $"Of this kind of image these results can be made: {string.Join(", ", kinds)}.");
    }
}
