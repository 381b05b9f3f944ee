using MedISeg.Imaging.Formats;

namespace MedISeg.Api.Results;

/// <summary>The label map as NRRD, voxels packed by gzip.</summary>
internal sealed class NrrdEncoder() : ConvertedEncoder("nrrd", "application/x-nrrd", static (stream, labels) => NrrdWriter.Write(stream, labels, gzip: true));
