using System.Collections.ObjectModel;

namespace MedISeg.Dicom;

/// <summary>A list of data sets. Text in them is in the character set of the data set that the sequence is in, unless they have their own.</summary>
public sealed class DicomSequence : DicomItem
{
    /// <summary>Takes the items over.</summary>
    /// <param name="tag">Its name.</param>
    /// <param name="items">Each belongs to one sequence only: the last that it was put into.</param>
    public DicomSequence(DicomTag tag, params IEnumerable<DicomDataset> items) : base(tag, DicomVR.Parse("SQ"))
    {
        Items = new ItemList(this);
        foreach (DicomDataset item in items) Items.Add(item);
    }

    /// <summary>The items in their order.</summary>
    public IList<DicomDataset> Items { get; }

    /// <summary>The data set that the sequence was put into last; null: none.</summary>
    internal DicomDataset? Owner { get; set; }

    private sealed class ItemList(DicomSequence sequence) : Collection<DicomDataset>
    {
        protected override void InsertItem(int index, DicomDataset item)
        {
            item.Container = sequence;
            base.InsertItem(index, item);
        }

        protected override void SetItem(int index, DicomDataset item)
        {
            item.Container = sequence;
            base.SetItem(index, item);
        }
    }
}
