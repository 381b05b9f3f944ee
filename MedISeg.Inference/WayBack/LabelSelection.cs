using MedISeg.Imaging.Volumes;

namespace MedISeg.Inference.WayBack;

/// <summary>Drops classes that were not asked for.</summary>
internal static class LabelSelection
{
    /// <summary>Sets every label that is not listed to 0.</summary>
    public static void Keep(LabelMap labels, IReadOnlyList<int> ids)
    {
        ushort[] kept = new ushort[ushort.MaxValue + 1];
        foreach (int id in ids) kept[id] = (ushort)id;
        if (labels.IsWide)
            foreach (ref ushort label in labels.Words) label = kept[label];
        else
            foreach (ref byte label in labels.Bytes) label = (byte)kept[label];
    }
}
