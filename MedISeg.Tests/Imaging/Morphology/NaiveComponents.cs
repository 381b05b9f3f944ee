using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Imaging.Morphology;

/// <summary>Flood fill, voxel by voxel.</summary>
internal static class NaiveComponents
{
    /// <summary>Component number of each voxel, from 1 in raster order of first voxels; voxels of key 0 have none.</summary>
    public static int[] Label(GridSize grid, Func<int, int> key, int connectivity)
    {
        int[] numbers = new int[grid.VoxelCount];
        int count = 0;
        for (int n = 0; n < numbers.Length; n++)
        {
            if (numbers[n] != 0 || key(n) == 0) continue;
            Stack<int> open = new([n]);
            numbers[n] = ++count;
            while (open.TryPop(out int at))
                foreach (int next in Neighbours(grid, at, connectivity))
                    if (numbers[next] == 0 && key(next) == key(n))
                    {
                        numbers[next] = count;
                        open.Push(next);
                    }
        }
        return numbers;
    }

    /// <summary>Whether a voxel lies on the border; the faces of a single plane do not count.</summary>
    public static bool IsBorder(GridSize grid, int n)
    {
        int i = n % grid.Width, j = n / grid.Width % grid.Height, k = n / grid.Width / grid.Height;
        return i == 0 || i == grid.Width - 1 || j == 0 || j == grid.Height - 1 || (grid.Depth > 1 && (k == 0 || k == grid.Depth - 1));
    }

    /// <summary>Whether two voxels are neighbours.</summary>
    public static bool AreNeighbours(GridSize grid, int a, int b, int connectivity)
    {
        int i = Math.Abs(a % grid.Width - b % grid.Width), j = Math.Abs(a / grid.Width % grid.Height - b / grid.Width % grid.Height);
        int k = Math.Abs(a / grid.Width / grid.Height - b / grid.Width / grid.Height);
        return a != b && i < 2 && j < 2 && k < 2 && i + j + k <= (connectivity == 6 ? 1 : connectivity == 18 ? 2 : 3);
    }

    private static IEnumerable<int> Neighbours(GridSize grid, int n, int connectivity)
    {
        int i = n % grid.Width, j = n / grid.Width % grid.Height, k = n / grid.Width / grid.Height;
        int most = connectivity is 6 or 4 ? 1 : connectivity is 18 or 8 ? 2 : 3;
        for (int dk = -1; dk <= 1; dk++)
            for (int dj = -1; dj <= 1; dj++)
                for (int di = -1; di <= 1; di++)
                {
                    int steps = Math.Abs(dk) + Math.Abs(dj) + Math.Abs(di);
                    if (steps == 0 || steps > most) continue;
                    if (k + dk < 0 || k + dk >= grid.Depth || j + dj < 0 || j + dj >= grid.Height || i + di < 0 || i + di >= grid.Width) continue;
                    yield return (int)grid.Offset(k + dk, j + dj, i + di);
                }
    }
}
