using static TorchSharp.torch;

namespace MedISeg.Training.Pretraining;

/// <summary>Losses that pull views of one image together and push those of others apart. Call them inside a <see cref="Runtime.TorchStep"/>
/// only.</summary>
internal static class ContrastLosses
{
    private const double Never = -1e9;

    /// <summary>Brings each row to length 1.</summary>
    public static Tensor Normalised(Tensor rows)
    {
        Tensor length = (rows * rows).sum([1], keepdim: true).sqrt().clamp_min(1e-12);
        Tensor result = rows / length;
        GC.KeepAlive(rows);
        GC.KeepAlive(length);
        return result;
    }

    /// <summary>NT-Xent of SimCLR: cross-entropy of finding the other view of an image among all other views of the batch, mean over all
    /// views.</summary>
    /// <param name="first">One view of each image: [images, numbers], rows of length 1.</param>
    /// <param name="second">The other views, in the same order.</param>
    /// <param name="temperature">What likeness is divided by, above 0.</param>
    public static Tensor NtXent(Tensor first, Tensor second, double temperature)
    {
        long images = first.shape[0];
        Tensor views = cat([first, second], 0);
        Tensor likeness = views.matmul(views.t()) / temperature + eye(2 * images) * Never;
        Tensor partner = tensor([.. Enumerable.Range(0, (int)(2 * images)).Select(n => (n + images) % (2 * images))]);
        Tensor loss = nn.functional.cross_entropy(likeness, partner);
        KeepAlive(first, second, views, likeness, partner);
        return loss;
    }

    /// <summary>InfoNCE of MoCo: cross-entropy of finding the key of the same image among it and all keys of the queue, mean over queries.</summary>
    /// <param name="queries">[images, numbers], rows of length 1.</param>
    /// <param name="keys">The other views of the same images; no gradient is taken of them.</param>
    /// <param name="queue">Keys of earlier images: [length, numbers].</param>
    /// <param name="temperature">What likeness is divided by, above 0.</param>
    public static Tensor InfoNce(Tensor queries, Tensor keys, Tensor queue, double temperature)
    {
        Tensor same = (queries * keys).sum([1], keepdim: true), others = queries.matmul(queue.t());
        Tensor likeness = cat([same, others], 1) / temperature;
        Tensor partner = zeros(queries.shape[0], ScalarType.Int64);
        Tensor loss = nn.functional.cross_entropy(likeness, partner);
        KeepAlive(queries, keys, queue, likeness, partner);
        return loss;
    }

    private static void KeepAlive(params Tensor[] tensors)
    {
        foreach (Tensor one in tensors) GC.KeepAlive(one);
    }
}
