using MedISeg.Imaging.Errors;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;

namespace MedISeg.Inference.Models;

/// <summary>Makes ONNX Runtime sessions on the first provider that works.</summary>
internal sealed class OnnxSessionFactory
{
    private readonly ModelCatalogOptions _options;
    private readonly ILogger _logger;
    private int _saidUnavailable;

    public OnnxSessionFactory(ModelCatalogOptions options, ILogger logger)
    {
        _options = options;
        _logger = logger;
    }

    /// <summary>Makes a session; the caller disposes it.</summary>
    /// <param name="model">The .onnx file's bytes.</param>
    /// <returns>The session and the provider that runs it: cpu or cuda.</returns>
    /// <exception cref="SegmentationException"><see cref="Imaging.Errors.ErrorCode.ModelFailed"/>: not a graph that the runtime takes.</exception>
    public (InferenceSession Session, string Device) Create(byte[] model)
    {
        foreach (string provider in _options.Providers)
        {
            if (provider == "cpu") break;
            if (provider == "cuda" && TryCuda(model) is { } session) return (session, provider);
            if (Interlocked.Exchange(ref _saidUnavailable, 1) == 0) _logger.ProviderUnavailable(provider);
        }
        try
        {
            using SessionOptions options = Options();
            return (new InferenceSession(model, options), "cpu");
        }
        catch (OnnxRuntimeException e)
        {
            throw new SegmentationException(ErrorCode.ModelFailed, "ONNX Runtime does not take the package's network.", e);
        }
    }

    private InferenceSession? TryCuda(byte[] model)
    {
        try
        {
            using SessionOptions options = Options();
            using OrtCUDAProviderOptions cuda = new();
            cuda.UpdateOptions(new Dictionary<string, string>
            {
                ["device_id"] = "0",
                // Timing would choose other algorithms from run to run, and TF32 drops 13 bits of each factor.
                ["cudnn_conv_algo_search"] = "HEURISTIC",
                ["use_tf32"] = "0",
                ["arena_extend_strategy"] = "kSameAsRequested",
            });
            options.AppendExecutionProvider_CUDA(cuda);
            return new InferenceSession(model, options);
        }
        catch (Exception e) when (e is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException or NotSupportedException)
        {
            return null;
        }
    }

    private SessionOptions Options() => new()
    {
        GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
        ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
        IntraOpNumThreads = _options.Threads,
        InterOpNumThreads = 1,
        EnableCpuMemArena = _options.Arena,
        LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
    };
}
