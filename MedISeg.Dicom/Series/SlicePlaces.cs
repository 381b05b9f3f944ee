using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.Series;

/// <summary>Checks the distances of sorted slices along their normal.</summary>
internal static class SlicePlaces
{
    /// <summary>Refuses slices that lie at one place.</summary>
    /// <param name="sorted">At least two.</param>
    /// <param name="places">Position along the normal, mm, ascending.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.IrregularGeometry"/>.</exception>
    public static void CheckDuplicates(SliceGeometry[] sorted, double[] places)
    {
        double[] apart = [.. Gaps(places).Where(gap => gap > SliceTolerances.SamePositionMm)];
        double same = Math.Max(SliceTolerances.SamePositionMm, apart.Length > 0 ? SliceTolerances.SamePosition * Median(apart) : 0);
        List<int> starts = [0];
        for (int n = 1; n < places.Length; n++)
            if (places[n] - places[n - 1] > same) starts.Add(n);
        if (starts.Count == places.Length) return;

        int each = places.Length / starts.Count;
        if (starts.Count > 1 && starts.Select((start, n) => start == n * each).All(alike => alike) && starts.Count * each == places.Length)
            throw new SegmentationException(ErrorCode.IrregularGeometry,
                $"{each} images lie at each of {starts.Count} positions: the series holds duplicates, or several time points, echoes or " +
                "weightings; send one image a position.");
        int twice = Enumerable.Range(1, places.Length - 1).First(n => places[n] - places[n - 1] <= same);
        throw new SegmentationException(ErrorCode.IrregularGeometry,
            $"Two slices lie at one position ({SliceOrder.Mm(places[twice])} mm along the normal): {sorted[twice - 1].Slice.Name} and " +
            $"{sorted[twice].Slice.Name}. {places.Length - starts.Count} of {places.Length} slices are in excess; send each slice once.");
    }

    /// <summary>Finds missing slices and uneven distances.</summary>
    /// <param name="sorted">At least two, at different places.</param>
    /// <param name="places">Position along the normal, mm, ascending.</param>
    /// <returns>What is wrong, as a sentence, and what to do; null: nothing.</returns>
    public static SliceFault? GapFault(SliceGeometry[] sorted, double[] places)
    {
        double[] gaps = Gaps(places);
        double mean = (places[^1] - places[0]) / gaps.Length;
        if (gaps.All(gap => IsNear(gap, mean))) return null;

        double median = Median(gaps);
        int missing = 0, firstGap = -1, worst = 0;
        bool onlyMissing = true;
        for (int n = 0; n < gaps.Length; n++)
        {
            if (Math.Abs(gaps[n] - median) > Math.Abs(gaps[worst] - median)) worst = n;
            if (IsNear(gaps[n], median)) continue;
            double times = gaps[n] / median;
            onlyMissing &= times > 1.5 && Math.Abs(times - Math.Round(times)) <= SliceTolerances.Multiple;
            if (!onlyMissing) continue;
            if (firstGap < 0) firstGap = n;
            missing += (int)Math.Min(Math.Round(times) - 1, int.MaxValue / 2 / gaps.Length);
        }
        if (onlyMissing && firstGap >= 0)
        {
            int here = (int)Math.Min(Math.Round(gaps[firstGap] / median) - 1, int.MaxValue);
            return new SliceFault(
                $"Between {Between(sorted, places, firstGap)} {Count(here)} missing" +
                (missing > here ? $", {missing} in all" : "") + $"; the others are {SliceOrder.Mm(median)} mm apart.", "Send the complete series");
        }
        return new SliceFault(
            $"The slices are unevenly spaced: from {SliceOrder.Mm(gaps.Min())} to {SliceOrder.Mm(gaps.Max())} mm apart, usually " +
            $"{SliceOrder.Mm(median)} mm; between {Between(sorted, places, worst)} it is {SliceOrder.Mm(gaps[worst])} mm.", "Resample the series to an even spacing");
    }

    private static string Between(SliceGeometry[] sorted, double[] places, int gap) =>
        $"{sorted[gap].Slice.Name} and {sorted[gap + 1].Slice.Name} " +
        $"(at {SliceOrder.Mm(places[gap])} and {SliceOrder.Mm(places[gap + 1])} mm along the normal)";

    private static string Count(int slices) => slices == 1 ? "one slice is" : $"{slices} slices are";

    private static bool IsNear(double gap, double usual) => Math.Abs(gap - usual) <= Math.Max(SliceTolerances.Gap * usual, SliceTolerances.Mm);

    private static double[] Gaps(double[] places)
    {
        double[] gaps = new double[places.Length - 1];
        for (int n = 0; n < gaps.Length; n++) gaps[n] = places[n + 1] - places[n];
        return gaps;
    }

    /// <summary>The usual distance of slices, mm: the lower median, of two gaps the one without a hole.</summary>
    /// <param name="places">At least two, ascending.</param>
    public static double UsualGap(double[] places) => Median(Gaps(places));

    private static double Median(double[] values)
    {
        double[] sorted = [.. values];
        Array.Sort(sorted);
        return sorted[(sorted.Length - 1) / 2];
    }
}
