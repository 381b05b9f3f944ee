using System.Text.Json.Serialization;

namespace MedISeg.Training.Networks;

/// <summary>Architectures of networks; all are U-Nets from an image to logits of its sides.</summary>
public enum NetworkKind
{
    /// <summary>A U-Net of described levels, 2-D or 3-D.</summary>
    [JsonStringEnumMemberName("u-net")] UNet,
    /// <summary>2-D U-Net of the paper's code where no backbone is named: pooling, bilinear enlarging, batch normalisation.</summary>
    [JsonStringEnumMemberName("plain-u-net")] PlainUNet,
    /// <summary>3-D U-Net of the paper, in the layout of Models Genesis.</summary>
    [JsonStringEnumMemberName("genesis-u-net")] GenesisUNet,
    /// <summary>2-D U-Net with ResNet-18 as its encoder.</summary>
    [JsonStringEnumMemberName("res-u-net-18")] ResUNet18,
    /// <summary>2-D U-Net with ResNet-34 as its encoder.</summary>
    [JsonStringEnumMemberName("res-u-net-34")] ResUNet34,
    /// <summary>2-D U-Net with ResNet-50 as its encoder: the paper's 2-D baseline.</summary>
    [JsonStringEnumMemberName("res-u-net-50")] ResUNet50,
    /// <summary>2-D U-Net with ResNet-101 as its encoder.</summary>
    [JsonStringEnumMemberName("res-u-net-101")] ResUNet101,
    /// <summary>2-D U-Net with ResNet-152 as its encoder.</summary>
    [JsonStringEnumMemberName("res-u-net-152")] ResUNet152,
    /// <summary>2-D U-Net with DenseNet-121 as its encoder.</summary>
    [JsonStringEnumMemberName("dense-u-net-121")] DenseUNet121,
    /// <summary>2-D U-Net with DenseNet-161 as its encoder.</summary>
    [JsonStringEnumMemberName("dense-u-net-161")] DenseUNet161,
    /// <summary>2-D U-Net with DenseNet-169 as its encoder.</summary>
    [JsonStringEnumMemberName("dense-u-net-169")] DenseUNet169,
    /// <summary>2-D U-Net with DenseNet-201 as its encoder.</summary>
    [JsonStringEnumMemberName("dense-u-net-201")] DenseUNet201,
}

/// <summary>What the kinds with fixed layers ask of their input.</summary>
internal static class NetworkKinds
{
    /// <summary>Spatial axes; not for <see cref="NetworkKind.UNet"/>, whose options say it.</summary>
    public static int Dimensionality(this NetworkKind kind) => kind == NetworkKind.GenesisUNet ? 3 : 2;

    /// <summary>Sides must be multiples of it; not for <see cref="NetworkKind.UNet"/>, whose strides say it.</summary>
    public static int Divisor(this NetworkKind kind) => kind switch
    {
        NetworkKind.GenesisUNet => 8,
        NetworkKind.PlainUNet => 16,
        _ => 32,
    };

    /// <summary>Whether the decoder drops channels in training.</summary>
    public static bool HasDropout(this NetworkKind kind) => kind >= NetworkKind.ResUNet18;
}
