using System.Numerics;
using MedISeg.Imaging.Morphology;

namespace MedISeg.Tests.Imaging.Morphology;

public sealed class MaskKernelsTests
{
    private static readonly int[] Widths = [1, 2, 5, 63, 64, 65, 127, 128, 130, 200];

    public static TheoryData<int[]> Sets => new((int[])[], (int[])[1], (int[])[0], (int[])[1, 2, 3], (int[])[0, 2], (int[])[255, 1, 7, 3]);

    [Theory]
    [MemberData(nameof(Sets))]
    public void Members_AnyWidth_EqualsScalarTwin(int[] labels)
    {
        CheckMembers<byte>(labels);
        CheckMembers<ushort>([.. labels, 300, 65535]);
    }

    [Fact]
    public void Changes_AnyWidth_EqualsScalarTwin()
    {
        CheckChanges<byte>();
        CheckChanges<ushort>();
    }

    [Fact]
    public void Any_AllRanges_EqualsBitByBit()
    {
        ulong[] words = [0, 1UL << 17, 0, 1UL << 63];
        for (int from = 0; from < 256; from++)
            for (int to = from + 1; to <= 256; to++)
                Assert.Equal((from <= 81 && to > 81) || to == 256, MaskKernels.Any(words, from, to));
    }

    [Fact]
    public void AddOutside_AllRanges_EqualsBitByBit()
    {
        for (int start = 0; start < 200; start += 7)
            for (int end = 0; end <= 192; end++)
            {
                ulong[] words = [5, 5, 5];
                MaskKernels.AddOutside(start, end, words, 1, 2);
                Assert.Equal(5UL, words[0]);
                for (int n = 64; n < 192; n++)
                    Assert.Equal(n < start || n >= end || (n % 64) is 0 or 2, (words[n / 64] >> n & 1) != 0);
            }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void AddGrown_EveryBit_SetsItAndItsNeighbours(int apart)
    {
        for (int bit = 0; bit < 192; bit++)
        {
            ulong[] other = new ulong[3], words = [0, 1, 0];
            other[bit / 64] = 1UL << bit;
            MaskKernels.AddGrown(other, apart, words, 0, 2);
            for (int n = 0; n < 192; n++) Assert.Equal(n == 64 || Math.Abs(n - bit) <= apart, (words[n / 64] >> n & 1) != 0);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(64)]
    [InlineData(67)]
    public void FoldKernels_AnyLength_EqualScalarTwins(int length)
    {
        Random random = new(length);
        float[] row = [.. Enumerable.Range(0, length).Select(_ => random.NextSingle())], a = [.. row.Reverse()], b = [.. a];
        FoldKernels.MinPlus(row, 0.3f, a);
        FoldKernels.MinPlusScalar(row, 0.3f, b);
        Assert.Equal(b, a);
        FoldKernels.AddScaled(row, 0.3f, a);
        FoldKernels.AddScaledScalar(row, 0.3f, b);
        Assert.Equal(b, a);
        Assert.Throws<ArgumentException>(() => FoldKernels.MinPlus(row, 1, new float[length + 1]));
    }

    private static void CheckMembers<T>(int[] labels) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        LabelRanges<T> ranges = LabelRanges<T>.Of(labels);
        foreach (int width in Widths)
        {
            T[] voxels = Voxels<T>(3 * width, labels);
            for (int row = 0; row < 3; row++)
            {
                ulong[] words = new ulong[(width + 63) / 64], expected = [.. words];
                Array.Fill(words, ulong.MaxValue);
                MaskKernels.Members(voxels, row * width, width, ranges, words);
                MaskKernels.MembersScalar<T>(voxels.AsSpan(row * width, width), ranges, expected);
                Assert.Equal(expected, words);
                Assert.Equal(voxels.Skip(row * width).Take(width).Count(v => labels.Contains(int.CreateChecked(v))), words.Sum(BitOperations.PopCount));
            }
        }
    }

    private static void CheckChanges<T>() where T : unmanaged, IBinaryInteger<T>
    {
        foreach (int width in Widths)
        {
            T[] voxels = Voxels<T>(3 * width, [1, 2]);
            for (int row = 0; row < 3; row++)
            {
                ulong[] words = new ulong[(width + 63) / 64], expected = [.. words];
                Array.Fill(words, ulong.MaxValue);
                MaskKernels.Changes<T>(voxels, row * width, width, words);
                MaskKernels.ChangesScalar(voxels.AsSpan(row * width, width), voxels[row * width], expected);
                expected[0] |= 1;
                Assert.Equal(expected, words);
            }
        }
    }

    private static T[] Voxels<T>(int count, int[] labels) where T : unmanaged, IBinaryInteger<T>
    {
        Random random = new(count);
        return [.. Enumerable.Range(0, count).Select(_ => T.CreateChecked(random.Next(3) == 0 && labels.Length > 0 ? labels[random.Next(labels.Length)] : random.Next(5)))];
    }
}
