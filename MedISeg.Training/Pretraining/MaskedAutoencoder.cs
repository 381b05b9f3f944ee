using MedISeg.Imaging.Errors;
using MedISeg.Training.Data;
using MedISeg.Training.Networks;
using static TorchSharp.torch;

namespace MedISeg.Training.Pretraining;

/// <summary>A vision transformer that sees some blocks of an image, and a smaller one that fills in the others.</summary>
/// <remarks>Source: MAE (He et al. 2022). Ours has no class token, since the segmentation network has none.</remarks>
internal sealed class MaskedAutoencoder
{
    private readonly VisionTransformer _encoder;
    private readonly MaskingOptions _options;
    private readonly LinearLayer _embed, _pixels;
    private readonly ParameterInfo _hidden;
    private readonly List<TransformerLayer> _decoder = [];
    private readonly NormLayer _norm;

    /// <summary>Lays out the decoder.</summary>
    /// <param name="encoder">On blocks of the image.</param>
    /// <param name="options">Checked settings.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the image has one block alone.</exception>
    public MaskedAutoencoder(VisionTransformer encoder, MaskingOptions options)
    {
        (_encoder, _options) = (encoder, options);
        if (Tokens < 2) throw new SegmentationException(ErrorCode.InvalidOption, "mae hides some blocks and shows others; make patchSize larger than one block.");
        Visible = Math.Clamp((int)(Tokens * (1 - options.Share)), 1, Tokens - 1);
        _embed = new LinearLayer("mae.embed", encoder.Width, options.DecoderWidth, InitialRule.Xavier);
        _hidden = new ParameterInfo("mae.hidden", [1, 1, options.DecoderWidth], ParameterRole.Position, 1);
        for (int n = 0; n < options.DecoderDepth; n++)
            _decoder.Add(new TransformerLayer($"mae.layer.{n}", options.DecoderWidth, options.DecoderHeads));
        _norm = TransformerLayer.Norm("mae.norm", options.DecoderWidth);
        _pixels = new LinearLayer("mae.pixels", options.DecoderWidth, encoder.Block * encoder.Block * encoder.Inputs, InitialRule.Xavier);
        Parameters =
        [
            .. encoder.Parameters(), .. _embed.Parameters(), _hidden, .. _decoder.SelectMany(layer => layer.Parameters()), .. _norm.Parameters(),
            .. _pixels.Parameters(),
        ];
    }

    /// <summary>Tensors of encoder and decoder.</summary>
    public IReadOnlyList<ParameterInfo> Parameters { get; }

    /// <summary>Blocks of an image.</summary>
    public int Tokens => _encoder.Tokens.Down * _encoder.Tokens.Across;

    /// <summary>Blocks that the encoder sees, at least 1 and not all.</summary>
    public int Visible { get; }

    /// <summary>Draws an order of an image's blocks: the first <see cref="Visible"/> are seen.</summary>
    public long[] DrawOrder(ref SeededRandom random)
    {
        long[] order = [.. Enumerable.Range(0, Tokens).Select(n => (long)n)];
        for (int n = order.Length - 1; n > 0; n--)
        {
            int other = random.NextInt(n + 1);
            (order[n], order[other]) = (order[other], order[n]);
        }
        return order;
    }

    /// <summary>Mean squared distance of the filled-in pixels to the true ones, over hidden blocks only.</summary>
    /// <param name="ops">Operations with the weights.</param>
    /// <param name="images">[batch, channels, height, width].</param>
    /// <param name="orders">One of <see cref="DrawOrder"/> an image.</param>
    public Tensor Loss(TorchOps ops, Tensor images, IReadOnlyList<long[]> orders)
    {
        Tensor drawn = Restore(ops, images, orders), truth = Blocks(images, _encoder.Block);
        if (_options.NormalisedPixels)
        {
            Tensor mean = truth.mean([-1], keepdim: true);
            truth = (truth - mean) / (truth.var(-1, unbiased: true, keepdim: true) + 1e-6).sqrt();
        }
        Tensor distance = drawn - truth;
        Tensor each = (distance * distance).mean([-1]);
        Tensor hidden = tensor([.. orders.SelectMany(Hidden)], [orders.Count, Tokens]);
        Tensor loss = (each * hidden).sum() / (orders.Count * (Tokens - Visible));
        GC.KeepAlive(drawn);
        GC.KeepAlive(truth);
        GC.KeepAlive(hidden);
        return loss;
    }

    /// <summary>The pixels of all blocks as the decoder draws them: [batch, tokens, block * block * channels].</summary>
    /// <inheritdoc cref="Loss" path="/param"/>
    public Tensor Restore(TorchOps ops, Tensor images, IReadOnlyList<long[]> orders)
    {
        Tensor seen = Seen(_encoder.Embed(ops, images), orders, Visible);
        Tensor narrow = ops.Linear(_encoder.Mix(ops, seen), _embed);
        Tensor all = Unshuffled(narrow, ops.AddLearned(zeros(orders.Count, Tokens - Visible, _options.DecoderWidth), _hidden), orders);
        Tensor value = ops.Add(all, Positions());
        foreach (TransformerLayer layer in _decoder) value = layer.Run(ops, value, 0);
        Tensor pixels = ops.Linear(ops.LayerNorm(value, _norm), _pixels);
        GC.KeepAlive(narrow);
        GC.KeepAlive(all);
        return pixels;
    }

    /// <summary>The first tokens of each image in its order: [batch, count, width].</summary>
    public static Tensor Seen(Tensor tokens, IReadOnlyList<long[]> orders, int count) =>
        Gathered(tokens, tensor([.. orders.SelectMany(order => order[..count])], [orders.Count, count]));

    /// <summary>Puts tokens that were seen, and one for each hidden block, back to their places: [batch, tokens, width].</summary>
    public static Tensor Unshuffled(Tensor seen, Tensor hidden, IReadOnlyList<long[]> orders)
    {
        Tensor shuffled = cat([seen, hidden], 1);
        return Gathered(shuffled, tensor([.. orders.SelectMany(Inverse)], [orders.Count, orders[0].Length]));
    }

    /// <summary>[batch, channels, height, width] to the pixels of each block: [batch, tokens, rows, columns and channels of a block in one].</summary>
    public static Tensor Blocks(Tensor images, int block)
    {
        long batch = images.shape[0], channels = images.shape[1], down = images.shape[2] / block, across = images.shape[3] / block;
        Tensor blocks = images.reshape(batch, channels, down, block, across, block).permute(0, 2, 4, 3, 5, 1).reshape(batch, down * across, block * block * channels);
        GC.KeepAlive(images);
        return blocks;
    }

    private static Tensor Gathered(Tensor tokens, Tensor places)
    {
        Tensor result = tokens.gather(1, places.unsqueeze(-1).expand(-1, -1, tokens.shape[2]));
        GC.KeepAlive(tokens);
        GC.KeepAlive(places);
        return result;
    }

    private static long[] Inverse(long[] order)
    {
        long[] places = new long[order.Length];
        for (int n = 0; n < order.Length; n++) places[order[n]] = n;
        return places;
    }

    private float[] Hidden(long[] order)
    {
        float[] hidden = new float[order.Length];
        foreach (long token in order[Visible..]) hidden[token] = 1;
        return hidden;
    }

    private Tensor Positions()
    {
        float[] values = new float[Tokens * _options.DecoderWidth];
        PositionCode.Fill(_encoder.Tokens.Down, _encoder.Tokens.Across, _options.DecoderWidth, values);
        return tensor(values, [1, Tokens, _options.DecoderWidth]);
    }
}
