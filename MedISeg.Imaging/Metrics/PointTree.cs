using MedISeg.Imaging.Geometry;

namespace MedISeg.Imaging.Metrics;

/// <summary>Finds the nearest of many points, exactly: a balanced k-d tree over one array. Queries may run on several threads.</summary>
/// <remarks>Works for points of any grid, sheared ones too, and needs memory for the points alone.</remarks>
internal sealed class PointTree
{
    private const int LeafSize = 8;

    private readonly Vector3D[] _points;
    private readonly byte[] _axes;

    /// <summary>Takes over points, at least one, and orders them anew.</summary>
    public PointTree(Vector3D[] points)
    {
        _points = points;
        _axes = new byte[points.Length];
        Split(0, points.Length);
    }

    /// <summary>Squared distance from a place to the nearest point, in the square of the points' unit.</summary>
    public double NearestSquared(Vector3D at)
    {
        double best = double.PositiveInfinity;
        Search(0, _points.Length, at, ref best);
        return best;
    }

    /// <summary>Makes the middle of a range its node, along the axis of largest extent: not larger before it, not smaller after.</summary>
    private void Split(int from, int to)
    {
        if (to - from <= LeafSize) return;
        Vector3D low = _points[from], high = low;
        foreach (Vector3D p in _points.AsSpan(from, to - from))
        {
            low = new(Math.Min(low.X, p.X), Math.Min(low.Y, p.Y), Math.Min(low.Z, p.Z));
            high = new(Math.Max(high.X, p.X), Math.Max(high.Y, p.Y), Math.Max(high.Z, p.Z));
        }
        Vector3D extent = high - low;
        int axis = extent.X >= extent.Y && extent.X >= extent.Z ? 0 : extent.Y >= extent.Z ? 1 : 2;
        int middle = (from + to) / 2;
        Select(from, to - 1, middle, axis);
        _axes[middle] = (byte)axis;
        Split(from, middle);
        Split(middle + 1, to);
    }

    /// <summary>Hoare's selection; it stays fast where many points share a coordinate, as those of a grid do.</summary>
    private void Select(int first, int last, int wanted, int axis)
    {
        while (first < last)
        {
            double pivot = _points[wanted][axis];
            int i = first, j = last;
            while (i <= j)
            {
                while (_points[i][axis] < pivot) i++;
                while (_points[j][axis] > pivot) j--;
                if (i > j) break;
                (_points[i], _points[j]) = (_points[j], _points[i]);
                i++;
                j--;
            }
            if (j < wanted) first = i;
            if (wanted < i) last = j;
        }
    }

    private void Search(int from, int to, Vector3D at, ref double best)
    {
        while (to - from > LeafSize)
        {
            int middle = (from + to) / 2;
            Vector3D step = at - _points[middle];
            best = Math.Min(best, step.Dot(step));
            double aside = step[_axes[middle]];
            bool below = aside < 0;
            Search(below ? from : middle + 1, below ? middle : to, at, ref best);
            if (aside * aside >= best) return;
            if (below) from = middle + 1;
            else to = middle;
        }
        foreach (Vector3D point in _points.AsSpan(from, to - from))
        {
            Vector3D step = at - point;
            best = Math.Min(best, step.Dot(step));
        }
    }
}
