using MedISeg.Imaging.Morphology;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Evaluation;

/// <summary>An image as the baseline sees it: its values, the same smoothed, and where the body is.</summary>
internal sealed class BaselineImage
{
    /// <summary>Between air and fat, HU.</summary>
    private const float BodyFromHu = -500;

    /// <summary>Faces only: noise joins organs by corners.</summary>
    private const int FaceConnectivity = 6;

    private readonly Volume _image;
    private readonly bool[] _body;

    public BaselineImage(Volume image)
    {
        _image = image;
        Plain = image.ToFloats(0);
        Smooth = Smoothed(Plain, image.Geometry.Grid);
        LabelMap solid = Mask(Smooth, BodyFromHu, float.MaxValue, null);
        KeepLargest(solid, 1);
        _body = new bool[Plain.Length];
        for (int n = 0; n < _body.Length; n++) _body[n] = solid.Bytes[n] != 0;
    }

    /// <summary>Values, row-major (k, j, i).</summary>
    public float[] Plain { get; }

    /// <summary>Means over 3 x 3 x 3 voxels; at the border the edge counts again.</summary>
    public float[] Smooth { get; }

    /// <summary>1 where the rule finds its class, else 0.</summary>
    public LabelMap Find(ThresholdRule rule)
    {
        LabelMap map = Mask(rule.Smoothed ? Smooth : Plain, (float)rule.Low, (float)rule.High, _body);
        KeepLargest(map, rule.Components);
        return map;
    }

    private LabelMap Mask(float[] values, float low, float high, bool[]? inside)
    {
        byte[] mask = new byte[values.Length];
        for (int n = 0; n < mask.Length; n++)
            mask[n] = values[n] >= low && values[n] <= high && (inside is null || inside[n]) ? (byte)1 : (byte)0;
        return new LabelMap(_image.Geometry, mask);
    }

    private static void KeepLargest(LabelMap map, int count)
    {
        ComponentMap components = ConnectedComponents.Label(map, [1], joint: true, FaceConnectivity);
        components.Repaint(map, components.AllButLargest(count), 0);
    }

    private static float[] Smoothed(float[] values, GridSize grid)
    {
        float[] from = values, to = new float[values.Length];
        foreach ((int count, int stride) in (ReadOnlySpan<(int, int)>)[(grid.Width, 1), (grid.Height, grid.Width), (grid.Depth, grid.Width * grid.Height)])
        {
            for (int n = 0; n < from.Length; n++)
            {
                int place = n / stride % count;
                to[n] = (from[place > 0 ? n - stride : n] + from[n] + from[place < count - 1 ? n + stride : n]) / 3;
            }
            (from, to) = (to, ReferenceEquals(from, values) ? new float[values.Length] : from);
        }
        return from;
    }
}
