using MedISeg.Imaging.Phantoms.Shapes;

namespace MedISeg.Imaging.Phantoms;

/// <summary>A drawn tumour.</summary>
/// <param name="Shape">Where it is.</param>
/// <param name="DiameterMm">Mean diameter of its main part in mm.</param>
/// <param name="Hu">Attenuation in HU.</param>
internal sealed record TumourForm(Shape Shape, double DiameterMm, double Hu);
