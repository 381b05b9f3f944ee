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
        long total = 0;
        int got;
        do
        {
            byte[] chunk = new byte[ChunkSize];
            got = stream.ReadAtLeast(chunk, chunk.Length, throwOnEndOfStream: false);
            total += got;
            if (total > most) throw tooLarge();
            chunks.Add(got == ChunkSize ? chunk : chunk[..got]);
        }
        while (got == ChunkSize);
        byte[] content = GC.AllocateUninitializedArray<byte>((int)total);
        int at = 0;
        foreach (byte[] chunk in chunks)
        {
            chunk.CopyTo(content, at);
            at += chunk.Length;
        }
        return content;
    }
}
