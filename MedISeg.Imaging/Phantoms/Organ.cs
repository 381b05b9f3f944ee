using MedISeg.Imaging.Phantoms.Shapes;

namespace MedISeg.Imaging.Phantoms;

/// <summary>One thing of the anatomy; later ones lie on top of earlier ones.</summary>
/// <param name="Shape">Where it is.</param>
/// <param name="Hu">Attenuation in HU.</param>
/// <param name="Label">Label of its inside.</param>
/// <param name="TextureHu">Amplitude of its mottling in HU.</param>
internal sealed record Organ(Shape Shape, double Hu, PhantomLabel Label = PhantomLabel.Body, double TextureHu = 5);
