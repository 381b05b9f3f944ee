using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Trainers;

/// <summary>Keeps a folder for one process; the system lets it go when the process ends, however it ends.</summary>
internal static class RunLock
{
    /// <summary>Takes the folder.</summary>
    /// <param name="folder">Made where it is missing.</param>
    /// <returns>Dispose it to let the folder go.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: another process works in it.</exception>
    public static IDisposable Take(string folder) => TryTake(folder)
        ?? throw new SegmentationException(ErrorCode.InvalidOption, "Another process works in the folder of --out; wait until it ends, or stop it.");

    /// <summary>As <see cref="Take"/>; null: another process works in it.</summary>
    public static IDisposable? TryTake(string folder)
    {
        Directory.CreateDirectory(folder);
        try
        {
            return new FileStream(Path.Combine(folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
