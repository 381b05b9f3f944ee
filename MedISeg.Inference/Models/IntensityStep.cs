using System.Text.Json.Serialization;

namespace MedISeg.Inference.Models;

/// <summary>One intensity step; a step without a channel treats all.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "op")]
[JsonDerivedType(typeof(ClipStep), "clip")]
[JsonDerivedType(typeof(PercentileClipStep), "percentile-clip")]
[JsonDerivedType(typeof(ZScoreStep), "z-score")]
[JsonDerivedType(typeof(MinMaxStep), "min-max")]
[JsonDerivedType(typeof(ImageNetStep), "imagenet")]
[JsonDerivedType(typeof(ChannelOrderStep), "channel-order")]
public abstract record IntensityStep;

/// <summary>Clips to [min, max].</summary>
public sealed record ClipStep(double Min, double Max, int? Channel = null) : IntensityStep;

/// <summary>Clips to percentiles of the volume, each in [0, 100].</summary>
public sealed record PercentileClipStep(double Lower, double Upper, int? Channel = null) : IntensityStep;

/// <summary>Subtracts the mean and divides by the standard deviation: stored ones, or the volume's own over a mask (whole, nonzero, inside the clip before).</summary>
public sealed record ZScoreStep(double? Mean = null, double? Std = null, string? Mask = null, int? Channel = null) : IntensityStep;

/// <summary>Maps [min, max], stored or the volume's own, to [0, 1].</summary>
public sealed record MinMaxStep(double? Min = null, double? Max = null, int? Channel = null) : IntensityStep;

/// <summary>Divides by 255, then ImageNet mean and standard deviation for R, G, B.</summary>
public sealed record ImageNetStep : IntensityStep;

/// <summary>New channel c is old channel order[c].</summary>
public sealed record ChannelOrderStep(IReadOnlyList<int> Order) : IntensityStep;
