using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Phantoms;

/// <summary>A made-up CT abdomen with its exact labels.</summary>
public sealed class Phantom
{
    private readonly AnatomyModel _model;

    internal Phantom(Volume image, LabelMap organs, PhantomAnatomy anatomy, AnatomyModel model)
    {
        Image = image;
        Organs = organs;
        Anatomy = anatomy;
        _model = model;
    }

    /// <summary>One channel of <see cref="short"/> HU in [-1024, 3071].</summary>
    public Volume Image { get; }

    /// <summary>One <see cref="PhantomLabel"/> a voxel: the one its centre lies in.</summary>
    public LabelMap Organs { get; }

    /// <summary>What it shows.</summary>
    public PhantomAnatomy Anatomy { get; }

    /// <summary>Kidneys (1) and tumour (2) on the same grid, all else 0.</summary>
    public LabelMap KidneyAndTumour()
    {
        ReadOnlySpan<byte> organs = Organs.Bytes;
        byte[] labels = new byte[organs.Length];
        for (int n = 0; n < labels.Length; n++)
        {
            labels[n] = (PhantomLabel)organs[n] switch
            {
                PhantomLabel.LeftKidney or PhantomLabel.RightKidney => 1,
                PhantomLabel.Tumour => 2,
                _ => 0,
            };
        }
        return new LabelMap(Organs.Geometry, labels);
    }

    /// <summary>What lies at a place of the patient, by the formulas of the anatomy and not by the grid.</summary>
    /// <param name="patientMm">Position in mm, LPS.</param>
    public PhantomLabel LabelAt(Vector3D patientMm) => _model.LabelAt(patientMm);
}
