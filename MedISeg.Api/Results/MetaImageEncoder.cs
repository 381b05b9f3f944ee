using MedISeg.Imaging.Formats;

namespace MedISeg.Api.Results;

/// <summary>The label map as MetaImage in one file, voxels packed by zlib.</summary>
internal sealed class MetaImageEncoder() : ConvertedEncoder(
    "mha", "application/x-metaimage", static (stream, labels) => MetaImageWriter.Write(stream, labels, packed: true));
