namespace MedISeg.Dicom.IO;

/// <summary>What to keep of a file.</summary>
public enum FileReadOption
{
    /// <summary>Everything.</summary>
    ReadAll,
    /// <summary>Everything but pixel data and other large values (over 64 KiB), which are absent; what is kept is copied, so that the file's bytes go.</summary>
    SkipLargeTags,
    /// <summary>The same; of a deflated data set only what comes before the pixels, which are neither inflated nor checked.</summary>
    Headers,
}
