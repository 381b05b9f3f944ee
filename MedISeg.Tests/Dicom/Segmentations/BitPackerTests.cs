using System.Numerics;
using MedISeg.Dicom.Segmentations;

namespace MedISeg.Tests.Dicom.Segmentations;

[Trait("Category", "Kernel")]
public sealed class BitPackerTests
{
    [Fact]
    public void Pack_FramesOfEveryLength_IsTheNaiveBitStream()
    {
        for (int length = 0; length <= 131; length++)
        {
            AssertPacked<byte>(length, frames: 3);
            AssertPacked<ushort>(length, frames: 3);
        }
        AssertPacked<byte>(4099, frames: 2);
        AssertPacked<ushort>(4099, frames: 2);
    }

    [Fact]
    public void Pack_WideLabels_ComparesAllSixteenBits()
    {
        ushort[] pixels = [0x0103, 0x0003, 0x0100, 0x0103];
        byte[] packed = new byte[BitPacker.MaxBytes(4)];
        BitPacker packer = new();
        int written = packer.Pack<ushort>(pixels, 0x0103, packed);
        Assert.Equal(0, written);
        Assert.Equal(1, packer.Finish(packed));
        Assert.Equal(0b1001, packed[0]);
    }

    [Fact]
    public void Skip_BetweenPixelsOfEveryLength_IsPackingPixelsOfAnotherLabel()
    {
        byte[] some = [2, 0, 2, 2, 0, 0, 2];
        for (int skipped = 0; skipped <= 131; skipped++)
        {
            Assert.Equal(Pack(packer => (packed) => packer.Pack(new byte[skipped], (byte)2, packed)), Pack(packer => packed => packer.Skip(skipped, packed)));

            byte[] Pack(Func<BitPacker, Func<byte[], int>> middle)
            {
                BitPacker packer = new();
                byte[] packed = new byte[BitPacker.MaxBytes(200)];
                List<byte> bytes = [];
                foreach (Func<byte[], int> step in (Func<byte[], int>[])[to => packer.Pack(some, (byte)2, to), middle(packer), to => packer.Pack(some, (byte)2, to), middle(packer), to => packer.Finish(to)])
                    bytes.AddRange(packed[..step(packed)]);
                return [.. bytes];
            }
        }
    }

    private static void AssertPacked<T>(int length, int frames) where T : unmanaged, IBinaryInteger<T>
    {
        T label = T.CreateChecked(2);
        List<byte> bytes = [];
        List<bool> bits = [];
        BitPacker packer = new();
        byte[] packed = new byte[BitPacker.MaxBytes(length)];
        for (int frame = 0; frame < frames; frame++)
        {
            T[] pixels = [.. Enumerable.Range(0, length).Select(n => T.CreateChecked((n * n + 3 * frame + n / 7) % 4))];
            bits.AddRange(pixels.Select(pixel => pixel == label));
            bytes.AddRange(packed[..packer.Pack<T>(pixels, label, packed)]);
        }
        bytes.AddRange(packed[..packer.Finish(packed)]);

        byte[] naive = new byte[(bits.Count + 7) / 8];
        for (int n = 0; n < bits.Count; n++)
            if (bits[n]) naive[n / 8] |= (byte)(1 << n % 8);
        Assert.Equal(naive, bytes);
    }
}
