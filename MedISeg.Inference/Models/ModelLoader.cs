using System.Diagnostics;
using System.Security.Cryptography;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Prediction;
using MedISeg.Inference.Reports;
using MedISeg.Inference.Tiling;
using Microsoft.Extensions.Logging;

namespace MedISeg.Inference.Models;

/// <summary>Verifies a package's networks, opens a session for each and runs one patch through it.</summary>
internal sealed class ModelLoader
{
    private readonly OnnxSessionFactory _factory;
    private readonly ModelCatalogOptions _options;
    private readonly ILogger _logger;

    public ModelLoader(ModelCatalogOptions options, ILogger logger)
    {
        _options = options;
        _factory = new OnnxSessionFactory(options, logger);
        _logger = logger;
    }

    /// <summary>Loads a package; the caller disposes it.</summary>
    /// <param name="package">The package.</param>
    /// <param name="cancellationToken">Checked between members.</param>
    /// <exception cref="SegmentationException"><see cref="Imaging.Errors.ErrorCode.ModelFailed"/>: a file that is missing, altered, uses external data or
    /// does not fit the manifest.</exception>
    public LoadedModel Load(PackageFolder package, CancellationToken cancellationToken)
    {
        (string folder, ModelManifest manifest) = (package.Path, package.Manifest);
        long started = Stopwatch.GetTimestamp();
        List<OnnxNetwork> networks = [];
        List<IPatchPredictor> predictors = [];
        string device = "cpu";
        long activations = 0, fileBytes = 0;
        int batch = _options.Batch;
        try
        {
            foreach (ModelMember member in manifest.Members)
            {
                cancellationToken.ThrowIfCancellationRequested();
                fileBytes += new FileInfo(Path.Combine(folder, member.File)) is { Exists: true } file ? file.Length : 0;
                OnnxNetwork network = new(() => _factory.Create(ReadVerified(folder, member)), _options.JoinedCalls);
                networks.Add(network);
                device = network.Device;
                OnnxSignature signature = network.Signature(manifest, member.File);
                if (signature.FixedBatch) batch = 1;
                OnnxPatchPredictor predictor = new(network, signature, manifest.Network, manifest.Calibration?.Temperature ?? 1);
                activations = Math.Max(activations, WarmUp(predictor, manifest, batch, member.File, cancellationToken));
                predictors.Add(predictor);
            }
        }
        catch
        {
            networks.ForEach(network => network.Dispose());
            throw;
        }
        _logger.ModelLoaded(
            manifest.Name, manifest.Version, device, networks.Count, activations >> 20, (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        WindowSettings window = new(_options.Threads > 0 ? _options.Threads : Environment.ProcessorCount, batch);
        return new LoadedModel(manifest, package.Sha256, device, predictors, activations, window, networks, fileBytes);
    }

    /// <summary>Hash, scan and session use the same bytes, so that a file swapped meanwhile is never run.</summary>
    private static byte[] ReadVerified(string folder, ModelMember member)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(Path.Combine(folder, member.File));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SegmentationException(ErrorCode.ModelFailed, $"The package's {member.File} cannot be read.", e);
        }
        if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != member.Sha256)
            throw new SegmentationException(ErrorCode.ModelFailed,
                $"The package's {member.File} is not the file that its manifest names: the SHA-256 differs. Copy the package again.");
        bool external;
        try
        {
            external = OnnxExternalData.IsUsedBy(bytes);
        }
        catch (InvalidDataException e)
        {
            throw new SegmentationException(ErrorCode.ModelFailed, $"The package's {member.File} is not an ONNX file.", e);
        }
        if (external)
            throw new SegmentationException(ErrorCode.ModelFailed,
                $"The package's {member.File} keeps data in another file, which the hash does not cover. Save it as one file.");
        return bytes;
    }

    /// <summary>Bytes that the process grew by while one patch ran, at least those of the patch.</summary>
    /// <param name="residentBefore">Resident set before the run; 0 where the system does not tell, as below.</param>
    /// <param name="peakBefore">VmHWM before.</param>
    /// <param name="resident">Resident set after the run.</param>
    /// <param name="peak">VmHWM after.</param>
    /// <param name="patchBytes">Input and output of the patch.</param>
    /// <remarks>
    /// VmHWM less the resident set before, where the run raised VmHWM; else the growth of the resident set, which holds the
    /// activations too, since the runtime's arena keeps them. That growth is too small, or negative, where an earlier session left
    /// room or other work gave memory back meanwhile; input and output are there in any case.
    /// </remarks>
    internal static long Growth(long residentBefore, long peakBefore, long resident, long peak, long patchBytes) =>
        Math.Max(patchBytes, (peak > peakBefore ? peak : resident) - residentBefore);

    /// <summary>Runs one call on zeros and returns the <see cref="Growth"/> meanwhile.</summary>
    private static long WarmUp(OnnxPatchPredictor predictor, ModelManifest manifest, int batch, string member, CancellationToken cancellationToken)
    {
        GridSize patch = manifest.PatchExtent(), output = manifest.ScoreExtent();
        float[] input = new float[checked((int)(batch * predictor.Channels * patch.VoxelCount))];
        float[] scores = new float[checked((int)(batch * predictor.Classes * output.VoxelCount))];
        long residentBefore = ProcessMemory.ResidentBytes, peakBefore = ProcessMemory.PeakBytes;
        try
        {
            predictor.Predict(input, patch, scores, cancellationToken);
        }
        catch (SegmentationException e)
        {
            throw new SegmentationException(ErrorCode.ModelFailed,
                $"The package's {member} failed on one patch of zeros of the manifest's size; its shapes or operators do not fit.", e);
        }
        long peak = ProcessMemory.PeakBytes, resident = ProcessMemory.ResidentBytes;
        return Growth(residentBefore, peakBefore, resident, peak, sizeof(float) * ((long)input.Length + scores.Length));
    }
}
