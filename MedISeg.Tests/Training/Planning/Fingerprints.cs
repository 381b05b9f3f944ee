using MedISeg.Training.Planning;

namespace MedISeg.Tests.Training.Planning;

/// <summary>Made-up fingerprints.</summary>
internal static class Fingerprints
{
    /// <summary>Alike cases.</summary>
    /// <param name="count">Cases.</param>
    /// <param name="spacing">mm, (k, j, i).</param>
    /// <param name="shape">Voxels, (k, j, i).</param>
    /// <param name="channels">Channels.</param>
    /// <param name="classes">Classes with background.</param>
    public static DatasetFingerprint Alike(int count, double[] spacing, int[] shape, int channels = 1, int classes = 2) =>
        Of([.. Enumerable.Repeat(new CaseFingerprint(shape, spacing, 1), count)], channels, classes);

    /// <summary>A data set of cases.</summary>
    public static DatasetFingerprint Of(IReadOnlyList<CaseFingerprint> cases, int channels = 1, int classes = 2) => new()
    {
        Planar = cases.All(one => one.Shape[0] == 1),
        Millimetres = true,
        Cases = cases,
        Channels = [.. Enumerable.Range(0, channels).Select(c => new ChannelFingerprint(20 + c, 18, 5, -100, 900, -80, 200))],
        Labels = [.. Enumerable.Range(0, classes).Select(id => new LabelFingerprint(id, 1000, cases.Count))],
    };
}
