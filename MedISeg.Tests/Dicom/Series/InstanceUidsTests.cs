using MedISeg.Dicom;
using MedISeg.Dicom.Series;

namespace MedISeg.Tests.Dicom.Series;

public sealed class InstanceUidsTests
{
    [Fact]
    public void Complete_DataSetWithEmptyUids_TakesThoseOfTheFileMeta()
    {
        using MemoryStream stream = new();
        DicomDataset dataset = new DicomDataset().AddOrUpdate(DicomTag.SOPClassUID, DicomUID.CTImageStorage).AddOrUpdate(DicomTag.SOPInstanceUID, "2.25.9");
        new DicomFile(dataset).Save(stream);
        DicomFile file = DicomFile.Open(stream.ToArray());
        file.Dataset.AddOrUpdate(DicomTag.SOPClassUID, "").Remove(DicomTag.SOPInstanceUID);
        InstanceUids.Complete(file);
        Assert.Equal(DicomUID.CTImageStorage, file.Dataset.GetString(DicomTag.SOPClassUID));
        Assert.Equal("2.25.9", file.Dataset.GetString(DicomTag.SOPInstanceUID));
    }

    [Fact]
    public void Complete_DataSetWithUids_KeepsThem()
    {
        using MemoryStream stream = new();
        DicomDataset dataset = new DicomDataset().AddOrUpdate(DicomTag.SOPClassUID, DicomUID.CTImageStorage).AddOrUpdate(DicomTag.SOPInstanceUID, "2.25.9");
        new DicomFile(dataset).Save(stream);
        DicomFile file = DicomFile.Open(stream.ToArray());
        file.Dataset.AddOrUpdate(DicomTag.SOPInstanceUID, "2.25.10");
        InstanceUids.Complete(file);
        Assert.Equal("2.25.10", file.Dataset.GetString(DicomTag.SOPInstanceUID));
    }
}
