using System.Buffers;
using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.IO;

/// <summary>Reads streams that do not say how much comes.</summary>
internal static class StreamBytes
{
    private const int ChunkSize = 1 << 20;

    /// <summary>All bytes in one exact array.</summary>
    /// <param name="stream">Borrowed; read to its end.</param>
    /// <param name="most">Most bytes, at most <see cref="Array.MaxLength"/>.</param>
    /// <param name="tooLarge">What is thrown when more come.</param>
    public static byte[] ReadAll(Stream stream, long most, Func<SegmentationException> tooLarge)
    {
        List<byte[]> chunks = [];
        try
        {
            long total = 0;
            int got;
            do
            {
                byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkSize);
                chunks.Add(chunk);
                got = stream.ReadAtLeast(chunk.AsSpan(0, ChunkSize), ChunkSize, throwOnEndOfStream: false);
                total += got;
                if (total > most) throw tooLarge();
            }
            while (got == ChunkSize);
            byte[] content = GC.AllocateUninitializedArray<byte>((int)total);
            for (int n = 0, at = 0; at < content.Length; n++, at += ChunkSize)
                chunks[n].AsSpan(0, Math.Min(ChunkSize, content.Length - at)).CopyTo(content.AsSpan(at));
            return content;
        }
        finally
        {
            foreach (byte[] chunk in chunks) ArrayPool<byte>.Shared.Return(chunk);
        }
    }
}
