using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Morphology;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Metrics;

/// <summary>The objects of one map, numbered from 0.</summary>
internal sealed class ObjectSet(ComponentMap components, VolumeGeometry geometry)
{
    private readonly int[] _numbers = components.ToNumbers();
    private readonly PointTree?[] _boundaries = new PointTree?[components.Count];

    public int Count => components.Count;

    public long Size(int n) => components.Sizes[n];

    /// <summary>For each object here the objects there that it overlaps, by number, and by how many voxels.</summary>
    public List<(int Other, long Voxels)>[] Overlaps(ObjectSet there)
    {
        SortedDictionary<int, long>[] counts = [.. Enumerable.Range(0, Count).Select(_ => new SortedDictionary<int, long>())];
        for (int place = 0; place < _numbers.Length; place++)
        {
            if (_numbers[place] == 0 || there._numbers[place] == 0) continue;
            SortedDictionary<int, long> mine = counts[_numbers[place] - 1];
            mine[there._numbers[place] - 1] = mine.GetValueOrDefault(there._numbers[place] - 1) + 1;
        }
        return [.. counts.Select(mine => mine.Select(pair => (pair.Key, pair.Value)).ToList())];
    }

    /// <summary>Hausdorff distance of an object here and one there, in mm between voxel centres.</summary>
    public double HausdorffMm(int n, ObjectSet there, int other) => Math.Sqrt(Math.Max(
        DirectedSquared(this, n, there, other), DirectedSquared(there, other, this, n)));

    /// <summary>Largest squared distance from a voxel of one object to the nearest voxel of another.</summary>
    /// <remarks>Only voxels outside the other object can be far from it, and only the other's boundary can be nearest to them.</remarks>
    private static double DirectedSquared(ObjectSet from, int n, ObjectSet to, int other)
    {
        PointTree boundary = to._boundaries[other] ??= new PointTree([.. to.Voxels(other).Where(to.IsBoundary).Select(to.Position)]);
        double farthest = 0;
        foreach (VoxelIndex voxel in from.Voxels(n))
            if (to._numbers[to.Place(voxel)] != other + 1) farthest = Math.Max(farthest, boundary.NearestSquared(from.Position(voxel)));
        return farthest;
    }

    private IEnumerable<VoxelIndex> Voxels(int n)
    {
        Component component = components.Components[n];
        for (int k = component.BoxFirst.K; k <= component.BoxLast.K; k++)
            for (int j = component.BoxFirst.J; j <= component.BoxLast.J; j++)
                for (int i = component.BoxFirst.I; i <= component.BoxLast.I; i++)
                    if (_numbers[Place(new VoxelIndex(k, j, i))] == n + 1) yield return new VoxelIndex(k, j, i);
    }

    private bool IsBoundary(VoxelIndex voxel)
    {
        int number = _numbers[Place(voxel)];
        return Differs(voxel with { I = voxel.I - 1 }) || Differs(voxel with { I = voxel.I + 1 })
            || Differs(voxel with { J = voxel.J - 1 }) || Differs(voxel with { J = voxel.J + 1 })
            || Differs(voxel with { K = voxel.K - 1 }) || Differs(voxel with { K = voxel.K + 1 });

        bool Differs(VoxelIndex next)
        {
            GridSize grid = geometry.Grid;
            return next.I < 0 || next.J < 0 || next.K < 0 || next.I >= grid.Width || next.J >= grid.Height || next.K >= grid.Depth
                || _numbers[Place(next)] != number;
        }
    }

    private int Place(VoxelIndex voxel) => (int)geometry.Grid.Offset(voxel.K, voxel.J, voxel.I);

    private Vector3D Position(VoxelIndex voxel) => geometry.IndexToPatient.Apply(voxel.I, voxel.J, voxel.K);
}
