using MedISeg.Imaging.Geometry;

namespace MedISeg.Imaging.Phantoms;

/// <summary>A patient as formulas: organs in the order they are laid over each other, and how the patient lies.</summary>
internal sealed class AnatomyModel
{
    public required IReadOnlyList<Organ> Organs { get; init; }

    /// <summary>Patient mm (LPS) to the patient's own frame.</summary>
    public required Affine FromPatient { get; init; }

    public required PatientForm Form { get; init; }
    public required PhantomKidneys Kidneys { get; init; }
    public required double PoseDegrees { get; init; }
    public required double KidneyHu { get; init; }
    public required TumourForm? Tumour { get; init; }

    /// <summary>The slow and obvious twin of <see cref="PhantomPainter"/>.</summary>
    public PhantomLabel LabelAt(Vector3D patientMm)
    {
        Vector3D p = FromPatient.Apply(patientMm);
        PhantomLabel label = PhantomLabel.Air;
        foreach (Organ organ in Organs)
            if (organ.Shape.Distance(p.X, p.Y, p.Z) <= 0) label = organ.Label;
        return label;
    }

    /// <summary>Draws a patient.</summary>
    public static AnatomyModel Create(PhantomOptions options)
    {
        PhantomRandom random = new(options.Seed, 1);
        PatientForm form = PatientForm.Draw(new PhantomRandom(options.Seed, 2));
        double number = random.Unit();
        PhantomKidneys kidneys = options.Kidneys
            ?? (number < 0.75 ? PhantomKidneys.Both : number < 0.875 ? PhantomKidneys.LeftOnly : PhantomKidneys.RightOnly);
        bool tumour = random.Chance(0.7);
        tumour = options.Tumour ?? tumour;

        TorsoBuilder torso = new(options.Seed, form);
        KidneyBuilder kidney = new(options.Seed, form, kidneys, tumour);
        List<Organ> organs =
        [
            .. torso.Wall(), .. torso.Abdomen(), .. new BowelBuilder(options.Seed, form, torso.Cavity).Build(), .. torso.Solid(), .. torso.Chest(),
            .. torso.Muscles(), .. kidney.Bed(), .. torso.Skeleton(), .. torso.Vessels(), .. kidney.Build(),
        ];

        // Mostly turned about the long axis, as patients lie.
        double degrees = random.Uniform(0, 10);
        Vector3D axis = PortableMath.Unit(random.Direction() + new Vector3D(0, 0, random.Chance(0.5) ? 1.5 : -1.5));
        Vector3D shift = new(random.Uniform(-30, 30), random.Uniform(-200, -120), random.Uniform(-600, 200));
        Affine turn = PortableMath.Rotation(axis, degrees * Math.PI / 180);
        return new AnatomyModel
        {
            Organs = organs,
            Form = form,
            Kidneys = kidneys,
            PoseDegrees = degrees,
            KidneyHu = kidney.CortexHu,
            Tumour = kidney.Tumour,
            FromPatient = (turn with { Origin = shift }).Inverse(),
        };
    }
}
