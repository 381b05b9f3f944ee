using System.Globalization;

namespace MedISeg.Dicom;

/// <summary>Name of a data element: group and element number. The tags that we use are named in <c>DicomTag.Known.cs</c>.</summary>
/// <param name="Group">Group number; odd: private.</param>
/// <param name="Element">Element number within the group.</param>
public readonly partial record struct DicomTag(ushort Group, ushort Element) : IComparable<DicomTag>
{
    /// <summary>Makes a tag of its 32 bits, e.g. 0x00280010.</summary>
    public DicomTag(uint key) : this((ushort)(key >> 16), (ushort)key)
    {
    }

    /// <summary>Group and element in one number; tags are written in its order.</summary>
    public uint Key => (uint)Group << 16 | Element;

    /// <summary>Whether no standard defines it.</summary>
    public bool IsPrivate => (Group & 1) == 1;

    /// <inheritdoc />
    public int CompareTo(DicomTag other) => Key.CompareTo(other.Key);

    /// <summary>The keyword and the numbers, e.g. <c>Rows (0028,0010)</c>; fit for messages, it holds no value.</summary>
    public override string ToString()
    {
        string numbers = string.Create(CultureInfo.InvariantCulture, $"({Group:x4},{Element:x4})");
        string keyword = DicomDictionary.KeywordOf(this);
        return keyword.Length == 0 ? numbers : $"{keyword} {numbers}";
    }

#pragma warning disable CS1591 // Orderings, as CA1036 wants them beside CompareTo.
    public static bool operator <(DicomTag left, DicomTag right) => left.Key < right.Key;
    public static bool operator <=(DicomTag left, DicomTag right) => left.Key <= right.Key;
    public static bool operator >(DicomTag left, DicomTag right) => left.Key > right.Key;
    public static bool operator >=(DicomTag left, DicomTag right) => left.Key >= right.Key;
#pragma warning restore CS1591
}
