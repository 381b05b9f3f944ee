namespace MedISeg.Training.Data.Readers;

/// <summary><see cref="DataFormat.Decathlon"/>: one NIfTI a case, its channels in the fourth dimension.</summary>
internal static class DecathlonReader
{
    /// <summary>Lists the training cases of dataset.json; where it lists none, those of imagesTr.</summary>
    public static IEnumerable<DatasetCase> List(string folder)
    {
        SortedDictionary<string, string> labels = ImageNames.In(Path.Combine(folder, "labelsTr"));
        IReadOnlyList<(string Image, string Labels)> listed = DatasetDescription.Read(folder).Training;
        return listed.Count == 0
            ? ImageNames.In(Path.Combine(folder, "imagesTr")).Select(image => new DatasetCase(image.Key, [image.Value], labels.GetValueOrDefault(image.Key)))
            : listed.Select(pair => new DatasetCase(ImageNames.Stem(pair.Image), [pair.Image], File.Exists(pair.Labels) ? pair.Labels : null))
                .Where(one => !Path.GetFileName(one.Images[0]).StartsWith('.'));
    }
}
