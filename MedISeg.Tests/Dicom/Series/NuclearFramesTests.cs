using MedISeg.Dicom;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Dicom.Series;

/// <summary>Nuclear medicine objects of several frames, whose place is told once.</summary>
public sealed class NuclearFramesTests : IDisposable
{
    /// <summary>Oblique, not axial: row and column at right angles.</summary>
    private static readonly Vector3D Row = new(0.96, 0.28, 0), Column = new(-0.28 * 0.8, 0.96 * 0.8, 0.6), First = new(-20, 30, 7);

    private readonly SliceFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(3.5)]
    [InlineData(-3.5)]
    public void Read_ReconstructedSlices_LieWhereDistanceAndSignSay(double step)
    {
        // Slices in the order 2, 3, 1.
        Add(step, [2, 3, 1]);

        Volume volume = _files.Read();

        Vector3D normal = Row.Cross(Column);
        for (int k = 0; k < 3; k++)
        {
            int slice = step > 0 ? k + 1 : 3 - k;
            Vector3D place = volume.Geometry.IndexToPatient.Apply(4, 2, k), expected = First + normal * (step * (slice - 1)) + Row * (4 * 0.9) + Column * (2 * 0.7);
            Assert.InRange((place - expected).Length, 0, 1e-6);
            Assert.Equal(100 * slice, volume.ToFloats(0)[k * 15]);
        }
    }

    [Fact]
    public void Read_TwoGates_AreTwoStacksOfOneObject()
    {
        Add(2, [1, 2, 1, 2]);
        Assert.Contains("2 stacks of images: 1 (NM, time point 1, 2 images of 5x3), 2 (NM, time point 2,", _files.Refusal().Message, StringComparison.Ordinal);
        DicomSeries second = _files.Reader.OpenSingle(_files.Paths, GeometryPolicy.Reject, 2, TestContext.Current.CancellationToken);
        Assert.Equal([2, 3], second.Slices.Select(slice => slice.Frame));
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(2, 2)]
    public void Read_DistanceOrVectorMissing_IsStillRefused(double step, int vector)
    {
        Add(step, [.. Enumerable.Range(1, vector)], frames: 3);
        Assert.Equal(ErrorCode.InvalidGeometry, _files.Refusal().Code);
    }

    private void Add(double step, int[] vector, int? frames = null)
    {
        int count = frames ?? vector.Length;
        DicomDataset header = SliceHeaders.At(1, 0).AddOrUpdate(DicomTag.Modality, "NM").AddOrUpdate(DicomTag.SOPClassUID, "1.2.840.10008.5.1.4.1.1.20")
            .AddOrUpdate(DicomTag.NumberOfFrames, count).AddOrUpdate(DicomTag.SpacingBetweenSlices, step).AddOrUpdate(DicomTag.SliceThickness, step)
            .AddOrUpdate(DicomTag.SliceVector, [.. vector.Select(slice => (ushort)slice)])
            .AddOrUpdate(DicomTag.DetectorInformationSequence, new DicomDataset().AddOrUpdate(DicomTag.ImagePositionPatient, First.X, First.Y, First.Z)
                .AddOrUpdate(DicomTag.ImageOrientationPatient, Row.X, Row.Y, Row.Z, Column.X, Column.Y, Column.Z));
        header.Remove(DicomTag.ImagePositionPatient).Remove(DicomTag.ImageOrientationPatient);
        _files.Add(header, [.. Enumerable.Range(0, count).SelectMany(n => Enumerable.Repeat((short)(100 * (n < vector.Length ? vector[n] : 0)), 15))]);
    }
}
