using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Options;
using MedISeg.Inference.Preprocessing;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Data.Caching;

/// <summary>A folder of prepared cases. Trainings map them into memory instead of preparing them again and of holding them; several processes
/// may share the folder.</summary>
/// <remarks>A file's name follows from everything that decides its content: path, length and time of change of the source files, how they are
/// read and prepared, and the program itself. What changes gets another file; old ones stay until somebody removes them.</remarks>
internal sealed class CaseCache
{
    /// <summary>Milliseconds between two looks for a case that another process prepares.</summary>
    private const int LookAgain = 50;

    /// <summary>The system's number for a lock that is held (EWOULDBLOCK of Linux).</summary>
    private const int WouldBlock = 11;

    private readonly string _folder, _preparation;
    private readonly CaseLoader _loader;
    private int _prepared;

    /// <summary>Opens a folder; makes it where it is missing.</summary>
    /// <param name="folder">Path.</param>
    /// <param name="options">Grid, intensity steps and classes.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public CaseCache(string folder, TrainOptions options)
    {
        _folder = folder;
        _loader = new CaseLoader(options);
        Directory.CreateDirectory(folder);
        _preparation = JsonSerializer.Serialize(new
        {
            Code = new[] { typeof(CaseCache), typeof(Preprocessor), typeof(ErrorCode) }.Select(type => type.Module.ModuleVersionId),
            options.Grid, options.Intensity, options.Preparation.Labels, Classes = options.Classes.Select(c => c.Id),
            Channels = options.Inputs.Count, options.Network.Dimensionality,
        }, SegmentationOptions.Json);
    }

    /// <summary>Cases that this process had to prepare.</summary>
    public int Prepared => _prepared;

    /// <summary>Maps a case; prepares it first where it is missing or damaged. Where another process is at it, waits for that one.</summary>
    /// <exception cref="SegmentationException">As <see cref="CaseLoader.Load"/>; <see cref="ErrorCode.TooLarge"/>: the folder has no room.</exception>
    public TrainingCase Open(DatasetCase source, CancellationToken cancellationToken)
    {
        string path = PathOf(source);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryMap(path) is { } found) return found;
            using FileStream? claim = TryClaim(path + ".lock");
            if (claim is null)
            {
                cancellationToken.WaitHandle.WaitOne(LookAgain);
                continue;
            }
            // Another process may have finished it since we looked.
            if (TryMap(path) is { } made) return made;
            using (TrainingCase prepared = _loader.Load(source, cancellationToken)) Write(path, prepared);
            Interlocked.Increment(ref _prepared);
            return TryMap(path) ?? throw new SegmentationException(ErrorCode.InvalidOption,
                "A case that was just written to the cache reads back otherwise; name a cache folder on another disk.");
        }
    }

    /// <summary>File of a case.</summary>
    internal string PathOf(DatasetCase source)
    {
        StringBuilder all = new(_preparation);
        // What says which cases to take does not change them.
        DataOptions reading = source.Options with { Exclude = [], GroupPattern = null, KindPattern = null, Stratify = default };
        all.Append('\n').Append(JsonSerializer.Serialize(reading, SegmentationOptions.Json)).Append(source.Place);
        foreach (string name in source.Files)
        {
            FileInfo file = new(Path.GetFullPath(name));
            // Length and time of a link say nothing of the file behind it.
            if (file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target) file = target;
            all.Append('\n').Append(file.FullName).Append('\n').Append(file.Exists ? file.Length : -1).Append(' ').Append(file.LastWriteTimeUtc.Ticks);
        }
        return Path.Combine(_folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString()))) + ".case");
    }

    private static TrainingCase? TryMap(string path) => File.Exists(path) ? CaseFile.TryMap(path) : null;

    private static void Write(string path, TrainingCase prepared)
    {
        try
        {
            CaseFile.Write(path, prepared);
        }
        catch (IOException fault)
        {
            throw new SegmentationException(ErrorCode.TooLarge,
                "A prepared case cannot be written to the cache folder; is the disk full? Make room, or name a folder on another disk. Cases that are there are used.", fault);
        }
    }

    /// <summary>The right to prepare a case, until disposal; null: somebody else has it. It ends with the process that has it.</summary>
    private static FileStream? TryClaim(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException fault) when (fault.HResult == WouldBlock)
        {
            return null;
        }
    }
}
