using MedISeg.Imaging.Errors;

namespace MedISeg.Inference.Models;

/// <summary>A package that is left out.</summary>
/// <param name="Package">Its folder below the root, name/version.</param>
/// <param name="Error">What is wrong, with one entry a faulty key.</param>
public sealed record PackageProblem(string Package, SegmentationException Error);
