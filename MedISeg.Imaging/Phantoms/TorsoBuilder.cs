using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Phantoms.Shapes;

namespace MedISeg.Imaging.Phantoms;

/// <summary>Draws everything but bowel and kidneys. Each method has a stream of its own.</summary>
internal sealed class TorsoBuilder
{
    private readonly int _seed;
    private readonly PatientForm _form;
    private readonly Trunk _muscle;
    private readonly SpineForm _spine;
    private readonly double _fatHu, _muscleHu, _liverHu;
    private readonly Shape _liver;

    public TorsoBuilder(int seed, PatientForm form)
    {
        _seed = seed;
        _form = form;
        PhantomRandom random = new(seed, 10);
        _fatHu = random.Uniform(-112, -92);
        _muscleHu = random.Uniform(48, 66);
        _liverHu = random.Uniform(80, 130);
        _muscle = new Trunk(form.HalfWidth - form.FatMm, form.HalfHeight - form.FatMm, 0, form.Waist);
        Cavity = new Trunk(form.CavityHalfWidth, form.CavityHalfHeight, PatientForm.CavityY, form.Waist);
        _spine = new SpineForm(
            form.SpineY, random.Uniform(21, 25) * form.Scale, random.Uniform(15.5, 18.5) * form.Scale, random.Uniform(34, 40) * form.Scale,
            random.Uniform(7, 10), random.Uniform(0, 38), random.Uniform(-6, 2), random.Uniform(-4, 4));
        double s = form.Scale, w = form.CavityHalfWidth, h = form.CavityHalfHeight, low = random.Uniform(-35, 5);
        _liver = new Within(
            new Union(30,
            [
                new Ellipsoid(new(-w * 0.5, -h * 0.02, low + 95 * s), new(w * 0.52, h * 0.95, 92 * s), Tilt(random, 0.12)),
                new Ellipsoid(new(-w * 0.02, -h * 0.45, low + 118 * s), new(w * random.Uniform(0.4, 0.6), h * 0.42, 48 * s), Tilt(random, 0.12)),
            ]), Cavity, 3);
    }

    public Trunk Cavity { get; }

    private double FatHu => _fatHu;

    public IEnumerable<Organ> Wall()
    {
        PatientForm f = _form;
        yield return new Organ(new Trunk(f.HalfWidth, f.HalfHeight, 0, f.Waist), 5);
        yield return new Organ(new Trunk(f.HalfWidth - 2, f.HalfHeight - 2, 0, f.Waist), FatHu, TextureHu: 8);
        yield return new Organ(_muscle, _muscleHu);
        // Layers of the side wall with fat between them.
        yield return new Organ(new Trunk(f.CavityHalfWidth + f.WallMm * 0.62, f.CavityHalfHeight + f.WallMm * 0.5, 0, f.Waist), -20, TextureHu: 20);
        yield return new Organ(new Trunk(f.CavityHalfWidth + f.WallMm * 0.5, f.CavityHalfHeight + f.WallMm * 0.4, 0, f.Waist), _muscleHu);
        yield return new Organ(Cavity, FatHu, TextureHu: 14);
    }

    /// <summary>Stomach and pancreas: the bowel may cover them.</summary>
    public IEnumerable<Organ> Abdomen()
    {
        PhantomRandom random = new(_seed, 11);
        double s = _form.Scale, w = _form.CavityHalfWidth, h = _form.CavityHalfHeight;
        Vector3D stomach = new(w * random.Uniform(0.3, 0.45), -h * random.Uniform(0.25, 0.4), random.Uniform(60, 95));
        Vector3D semi = new(random.Uniform(30, 48) * s, random.Uniform(28, 40) * s, random.Uniform(40, 60) * s);
        Affine tilt = Tilt(random, 0.4);
        Ellipsoid wall = new(stomach, semi, tilt), inside = new(stomach, semi + new Vector3D(-4, -4, -4), tilt);
        double content = random.Chance(0.3) ? random.Uniform(120, 220) : random.Uniform(5, 45);
        yield return new Organ(new Within(wall, Cavity, 4), random.Uniform(70, 110));
        yield return new Organ(new Within(inside, Cavity, 8), content, TextureHu: 15);
        yield return new Organ(new Within(new Within(inside, Cavity, 8), new Front(stomach.Y - semi.Y * random.Uniform(0.1, 0.6)), 0), -950);
        Vector3D head = new(-20 * s, h * 0.02, random.Uniform(15, 35)), tail = new(w * 0.5, h * 0.12, random.Uniform(45, 65));
        Vector3D neck = new(10 * s, -h * 0.12, random.Uniform(35, 50));
        yield return new Organ(
            new Union(8, [new Capsule(head, neck, random.Uniform(9, 12)), new Capsule(neck, tail, random.Uniform(8, 11))]),
            random.Uniform(80, 120), TextureHu: 15);
    }

    /// <summary>Liver, gall bladder and spleen.</summary>
    public IEnumerable<Organ> Solid()
    {
        PhantomRandom random = new(_seed, 12);
        double s = _form.Scale, w = _form.CavityHalfWidth, h = _form.CavityHalfHeight;
        yield return new Organ(_liver, _liverHu, PhantomLabel.Liver, 6);
        Vector3D porta = new(-w * 0.22, -h * 0.02, random.Uniform(65, 85));
        for (int n = 0; n < 9; n++)
        {
            Vector3D tip = porta + new Vector3D(-w * random.Uniform(0.0, 0.65), h * random.Uniform(-0.7, 0.6), random.Uniform(-35, 75) * s);
            Shape vein = new Within(new Capsule(porta, tip, random.Uniform(2, 5.5)), _liver, 5);
            yield return new Organ(vein, _liverHu + random.Uniform(30, 60), PhantomLabel.Liver);
        }
        Vector3D gall = new(-w * random.Uniform(0.3, 0.42), -h * random.Uniform(0.3, 0.5), random.Uniform(20, 45));
        yield return new Organ(new Ellipsoid(gall, new(13 * s, 15 * s, random.Uniform(20, 32)), Tilt(random, 0.5)), random.Uniform(0, 20));

        // Its attenuation is a kidney's, and it leans on the left one.
        Vector3D spleen = new(w * 0.78, h * random.Uniform(0.2, 0.4), random.Uniform(62, 92) * s);
        Ellipsoid whole = new(spleen, new(random.Uniform(30, 38) * s, random.Uniform(45, 60) * s, random.Uniform(45, 65) * s), Tilt(random, 0.3));
        Ellipsoid bite = new(spleen + new Vector3D(-45 * s, -14, 0), new(36 * s, 36 * s, 60 * s));
        yield return new Organ(new Without(new Within(whole, Cavity, 3), bite), random.Uniform(110, 185), TextureHu: 5);
    }

    public IEnumerable<Organ> Chest()
    {
        PhantomRandom random = new(_seed, 13);
        double s = _form.Scale, w = _form.CavityHalfWidth, h = _form.CavityHalfHeight, dome = random.Uniform(125, 150);
        Ellipsoid heart = new(new(w * 0.18, -h * 0.3, dome + 45), new(62 * s, 50 * s, 48 * s), Tilt(random, 0.3));
        yield return new Organ(new Within(heart, Cavity, 8), random.Uniform(120, 180));
        Lungs lungs = new(Cavity, dome, random.Uniform(34, 50), random.Uniform(20, 30), w, h);
        yield return new Organ(new Without(lungs, heart), random.Uniform(-880, -820), PhantomLabel.Lung, 25);
        for (int n = 0; n < 14; n++)
        {
            double side = n % 2 == 0 ? 1 : -1;
            Vector3D root = new(side * w * 0.3, h * random.Uniform(-0.1, 0.3), dome + random.Uniform(30, 70));
            Vector3D tip = new(side * w * random.Uniform(0.4, 0.85), h * random.Uniform(-0.7, 0.75), dome + random.Uniform(-30, 40));
            yield return new Organ(new Within(new Capsule(root, tip, random.Uniform(1.2, 2.8)), lungs, 4), random.Uniform(-100, 60), PhantomLabel.Lung);
        }
    }

    /// <summary>Muscles beside and behind the spine.</summary>
    public IEnumerable<Organ> Muscles()
    {
        PhantomRandom random = new(_seed, 14);
        double s = _form.Scale, y = _form.SpineY;
        double psoas = random.Uniform(15, 21) * s, erector = random.Uniform(27, 34) * s, quadratus = random.Uniform(9, 13) * s;
        foreach (double side in (double[])[-1, 1])
        {
            yield return new Organ(
                new Within(new Ellipsoid(new(side * 38 * s, y + 33 * s, 0), new(erector, 21 * s, 900)), _muscle, 1), _muscleHu, TextureHu: 12);
            // Grows downwards: begins at the last ribs.
            Affine lean = PortableMath.Rotation(new(0, 1, 0), -side * 0.16);
            yield return new Organ(new Ellipsoid(new(side * (27 + psoas) * s, y + 2, -120), new(psoas, psoas * 1.15, 150), lean), _muscleHu, TextureHu: 4);
            yield return new Organ(new Ellipsoid(new(side * 66 * s, y + 32 * s, -70), new(22 * s, quadratus, 110)), _muscleHu);
        }
    }

    public IEnumerable<Organ> Skeleton()
    {
        PhantomRandom random = new(_seed, 15);
        PatientForm f = _form;
        double cortex = random.Uniform(380, 560), marrow = random.Uniform(150, 240);
        Shape wall = new Trunk(f.CavityHalfWidth + f.WallMm * 0.45, f.CavityHalfHeight + f.WallMm * 0.45, 0, f.Waist);
        Ribs ribs = new(wall, random.Uniform(10, 40), f.CavityHalfWidth + f.WallMm, f.CavityHalfHeight + f.WallMm, -f.CavityHalfHeight * 0.55);
        yield return new Organ(ribs, cortex);
        yield return new Organ(new Grown(ribs, -1.6), marrow);
        yield return new Organ(new SpineColumn(_spine), random.Uniform(70, 110), PhantomLabel.Spine);
        yield return new Organ(new VertebralBodies(_spine, 0), cortex, PhantomLabel.Spine);
        yield return new Organ(new VertebralBodies(_spine, 1.8), marrow, PhantomLabel.Spine, 25);
        yield return new Organ(new SpinalCanal(_spine), random.Uniform(15, 40));
        yield return new Organ(new VertebralArches(_spine, 0), cortex * 0.9, PhantomLabel.Spine);
        yield return new Organ(new VertebralArches(_spine, 1.8), marrow * 1.3, PhantomLabel.Spine);
    }

    /// <summary>Aorta and vena cava, as bright as kidneys.</summary>
    public IEnumerable<Organ> Vessels()
    {
        PhantomRandom random = new(_seed, 16);
        double s = _form.Scale, front = _form.SpineY - _spine.HalfHeight, radius = random.Uniform(8.5, 12) * s;
        Vector3D Aorta(double z) => new(10 * s + 3 * (z / 100), front - radius - 3, z);
        yield return new Organ(new Capsule(Aorta(-400), Aorta(400), radius), random.Uniform(150, 240), TextureHu: 3);
        double cava = random.Uniform(130, 190);
        yield return new Organ(new Ellipsoid(new(-20 * s, front - 12 * s, 0), new(12 * s, random.Uniform(7, 11) * s, 500)), cava, TextureHu: 4);
        Vector3D stem = Aorta(random.Uniform(20, 40)) + new Vector3D(0, -radius, 0);
        yield return new Organ(new Capsule(stem, stem + new Vector3D(-4, -22, -90), 3.5), 180);
        yield return new Organ(new Capsule(stem + new Vector3D(-12, -10, 10), stem + new Vector3D(-14, -24, -90), 5), 150);
    }

    /// <summary>Axes turned a little about a random direction.</summary>
    internal static Affine Tilt(PhantomRandom random, double radians)
    {
        Vector3D axis = random.Direction();
        return PortableMath.Rotation(axis, random.Uniform(-radians, radians));
    }
}
