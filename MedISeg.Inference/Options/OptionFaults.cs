using MedISeg.Imaging.Errors;

namespace MedISeg.Inference.Options;

/// <summary>Collects what is wrong with options, so that the caller learns all of it at once.</summary>
internal sealed class OptionFaults
{
    private readonly List<KeyError> _errors = [];
    private bool _onlyViews = true;

    /// <summary>Adds a value that is not allowed.</summary>
    public void Add(string key, string message)
    {
        _onlyViews = false;
        _errors.Add(new KeyError(key, message));
    }

    /// <summary>Adds a view that the package does not allow.</summary>
    public void AddView(string key, string message) => _errors.Add(new KeyError(key, message));

    /// <summary>Throws where anything was added.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.ViewNotAllowed"/> where all faults are views that the package does
    /// not allow, else <see cref="ErrorCode.InvalidOption"/>.</exception>
    public void ThrowIfAny()
    {
        if (_errors.Count > 0)
            throw new SegmentationException(_onlyViews ? ErrorCode.ViewNotAllowed : ErrorCode.InvalidOption, Sentence(_errors), _errors);
    }

    /// <summary>All faults in one text.</summary>
    public static string Sentence(IReadOnlyList<KeyError> errors) =>
        string.Join(". ", errors.Select(e => $"{(e.Key.Length == 0 ? "The document" : e.Key)} {e.Message}")) + ".";
}
