using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Tiling;

namespace MedISeg.Inference.WayBack;

/// <summary>Puts in front of each band the last slice and the last line before it, which interpolation across the seam needs.</summary>
/// <remarks>
/// Bands come as the accumulator sends them: slab by slab along the streaming axis (s), within a slab strip by strip along the second
/// axis (a), within a strip in pieces along s, always over the whole third axis (b). Held are the newest slice of every line, and of
/// the strip before its last line for each slice of the slab.
/// </remarks>
internal sealed class BandAssembler
{
    private readonly AccumulatorPlan _plan;
    private readonly int _lines, _width;
    private readonly float[] _lastSlice;
    private readonly Stack<float[]> _spare = new();
    private Dictionary<int, float[]> _lastLine = [], _nextLastLine = [];
    private int _stripStart = -1;

    /// <summary>Creates an assembler for the bands of a plan over a model grid.</summary>
    public BandAssembler(AccumulatorPlan plan, GridSize model)
    {
        _plan = plan;
        _lines = model[plan.SecondAxis];
        _width = model[plan.ThirdAxis];
        _lastSlice = new float[checked((long)plan.Classes * _lines * _width)];
    }

    /// <summary>The band with what came before it: shape [classes, slices, lines, width]; slice 0 and line 0 are those before the band.</summary>
    /// <remarks>Slice 0 is meaningless for the first slab, line 0 for the first strip.</remarks>
    public float[] Block { get; private set; } = [];

    /// <summary>Slices in the block, one more than in the band.</summary>
    public int Slices { get; private set; }

    /// <summary>Lines in the block, one more than in the band.</summary>
    public int Lines { get; private set; }

    /// <summary>Place of a row of the block.</summary>
    public int Offset(int channel, int slice, int line) => ((channel * Slices + slice) * Lines + line) * _width;

    /// <summary>Takes a band and fills the block.</summary>
    public void Take(in Band band)
    {
        int slices = band.Size[_plan.StreamingAxis], lines = band.Size[_plan.SecondAxis];
        int slice0 = Index(band.Origin, _plan.StreamingAxis), line0 = Index(band.Origin, _plan.SecondAxis);
        if (band.Size[_plan.ThirdAxis] != _width) throw new ArgumentException("A band must span the third axis.");
        if (line0 != _stripStart)
        {
            foreach (float[] line in _lastLine.Values) _spare.Push(line);
            _lastLine.Clear();
            (_lastLine, _nextLastLine) = (_nextLastLine, _lastLine);
            _stripStart = line0;
        }
        Slices = slices + 1;
        Lines = lines + 1;
        int length = checked(_plan.Classes * Slices * Lines * _width);
        if (Block.Length < length) Block = new float[length];

        CopyBand(band, slices, lines);
        for (int c = 0; c < _plan.Classes; c++)
        {
            if (slice0 > 0)
                _lastSlice.AsSpan((c * _lines + line0) * _width, lines * _width).CopyTo(Block.AsSpan(Offset(c, 0, 1)));
            if (line0 == 0) continue;
            for (int s = slice0 == 0 ? 1 : 0; s < Slices; s++)
                _lastLine[slice0 - 1 + s].AsSpan(c * _width, _width).CopyTo(Block.AsSpan(Offset(c, s, 0)));
        }
        Keep(slice0, line0, lines);
    }

    private void Keep(int slice0, int line0, int lines)
    {
        for (int s = slice0 == 0 ? 1 : 0; line0 + lines < _lines && s < Slices; s++)
        {
            int slice = slice0 - 1 + s;
            if (!_nextLastLine.TryGetValue(slice, out float[]? line))
                _nextLastLine[slice] = line = _spare.TryPop(out float[]? spare) ? spare : new float[_plan.Classes * _width];
            for (int c = 0; c < _plan.Classes; c++) Block.AsSpan(Offset(c, s, lines), _width).CopyTo(line.AsSpan(c * _width));
        }
        for (int c = 0; c < _plan.Classes; c++)
            Block.AsSpan(Offset(c, Slices - 1, 1), lines * _width).CopyTo(_lastSlice.AsSpan((c * _lines + line0) * _width));
    }

    private void CopyBand(in Band band, int slices, int lines)
    {
        GridSize size = band.Size;
        for (int c = 0; c < _plan.Classes; c++)
            for (int s = 0; s < slices; s++)
                for (int a = 0; a < lines; a++)
                {
                    long from = c * size.VoxelCount + (_plan.StreamingAxis switch
                    {
                        0 => size.Offset(s, a, 0),
                        1 => size.Offset(a, s, 0),
                        _ => size.Offset(a, 0, s),
                    });
                    Span<float> row = Block.AsSpan(Offset(c, s + 1, a + 1), _width);
                    if (_plan.ThirdAxis == 2) band.Scores.Slice((int)from, _width).CopyTo(row);
                    else
                        for (int b = 0; b < _width; b++) row[b] = band.Scores[(int)from + b * slices];
                }
    }

    private static int Index(VoxelIndex origin, int axis) => axis == 0 ? origin.K : axis == 1 ? origin.J : origin.I;
}
