namespace MedISeg.Dicom.Structures;

/// <summary>Follows the edges of a mask's pixels. Pixels that touch at a corner only belong to different contours; holes are joined to what surrounds
/// them by a cut of no width (keyhole), so that each contour is one closed line and encloses exactly its pixels.</summary>
/// <param name="mask">Row-major; borrowed.</param>
/// <param name="rows">Rows of the mask.</param>
/// <param name="columns">Columns of the mask.</param>
/// <remarks>Source: PS3.3 C.8.8.6.3 for the keyhole. A line is a ring of corners; a cut links two rings, with a second corner at each end.</remarks>
internal sealed class ContourTracer(bool[] mask, int rows, int columns)
{
    private const int Right = 0, Down = 1, Left = 2, Directions = 4;

    private readonly bool[] _seen = new bool[rows * columns];
    private readonly int[] _cornerAt = new int[(rows + 1) * (columns + 1)];
    private readonly List<int> _row = [], _column = [], _next = [], _previous = [];
    private readonly List<int> _outer = [], _holes = [];

    /// <summary>All contours, in raster order of their first pixel.</summary>
    /// <returns>Corners of pixels at which a contour turns: row and column of the pixel below and to the right, so that pixel (j, i) reaches from (j, i)
    /// to (j + 1, i + 1). At least four a contour; the last is not the first again.</returns>
    public IReadOnlyList<(int Row, int Column)[]> Trace()
    {
        // Every contour has the pixels on its right, and so an upper edge of one of them.
        for (int j = 0; j < rows; j++)
            for (int i = 0; i < columns; i++)
                if (IsIn(j, i) && !IsIn(j - 1, i) && !_seen[j * columns + i]) Follow(j, i);
        foreach (int hole in _holes) Cut(hole);
        return [.. _outer.Select(Turns)];
    }

    private bool IsIn(int j, int i) => (uint)j < (uint)rows && (uint)i < (uint)columns && mask[j * columns + i];

    /// <summary>Follows a contour from the upper edge of a pixel, to the right, until it comes there again.</summary>
    private void Follow(int j, int i)
    {
        int first = _row.Count, highest = first, y = j, x = i, direction = Right;
        long area = 0;
        do
        {
            int corner = Add(y, x);
            _cornerAt[y * (columns + 1) + x] = corner;
            if (y < _row[highest] || (y == _row[highest] && x < _column[highest])) highest = corner;
            switch (direction)
            {
                case Right:
                    _seen[y * columns + x] = true;
                    area += y;
                    x++;
                    break;
                case Down:
                    y++;
                    break;
                case Left:
                    area -= y;
                    x--;
                    break;
                default:
                    y--;
                    break;
            }
            direction = Turn(direction, y, x);
        }
        while (y != j || x != i || direction != Right);
        for (int corner = first; corner < _row.Count; corner++)
        {
            _next[corner] = corner + 1 < _row.Count ? corner + 1 : first;
            _previous[corner] = corner > first ? corner - 1 : _row.Count - 1;
        }
        // Around pixels the upper edges lie above the lower ones; around a hole below.
        if (area < 0) _outer.Add(first);
        else _holes.Add(highest);
    }

    /// <summary>Where to go on from a corner: rightwards unless the pixel ahead on the right is in the mask, else straight on or leftwards.</summary>
    private int Turn(int direction, int y, int x)
    {
        (bool right, bool left) = direction switch
        {
            Right => (IsIn(y, x), IsIn(y - 1, x)),
            Down => (IsIn(y, x - 1), IsIn(y, x)),
            Left => (IsIn(y - 1, x - 1), IsIn(y, x - 1)),
            _ => (IsIn(y - 1, x), IsIn(y - 1, x - 1)),
        };
        int turn = !right ? 1 : left ? Directions - 1 : 0;
        return (direction + turn) % Directions;
    }

    /// <summary>Links a hole with the contour straight above its highest corner on the left, which has pixels of the mask on both sides.</summary>
    private void Cut(int inner)
    {
        int y = _row[inner], x = _column[inner];
        do y--;
        while (IsIn(y - 1, x - 1) && IsIn(y - 1, x));
        int outer = _cornerAt[y * (columns + 1) + x], after = _next[outer], before = _previous[inner];
        int innerAgain = Add(_row[inner], x), outerAgain = Add(y, x);
        Link(outer, inner);
        Link(before, innerAgain);
        Link(innerAgain, outerAgain);
        Link(outerAgain, after);
    }

    private void Link(int from, int to)
    {
        _next[from] = to;
        _previous[to] = from;
    }

    private int Add(int y, int x)
    {
        _row.Add(y);
        _column.Add(x);
        _next.Add(0);
        _previous.Add(0);
        return _row.Count - 1;
    }

    /// <summary>Corners of a ring at which the direction changes.</summary>
    private (int, int)[] Turns(int first)
    {
        List<(int, int)> turns = [];
        int corner = first;
        do
        {
            if (Direction(_previous[corner], corner) != Direction(corner, _next[corner])) turns.Add((_row[corner], _column[corner]));
            corner = _next[corner];
        }
        while (corner != first);
        return [.. turns];
    }

    private (int, int) Direction(int from, int to) => (Math.Sign(_row[to] - _row[from]), Math.Sign(_column[to] - _column[from]));
}
