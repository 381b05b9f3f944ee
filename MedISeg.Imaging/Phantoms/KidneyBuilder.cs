using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Phantoms.Shapes;

namespace MedISeg.Imaging.Phantoms;

/// <summary>Draws the kidneys with their fat and vessels, and the tumour.</summary>
internal sealed class KidneyBuilder
{
    /// <summary>Least difference of tumour and medulla, HU.</summary>
    private const double TumourContrastHu = 42;

    private readonly int _seed;
    private readonly PatientForm _form;
    private readonly List<(Bean Bean, int Side)> _beans = [];
    private readonly double _medullaHu, _fatHu;

    public KidneyBuilder(int seed, PatientForm form, PhantomKidneys kidneys, bool tumour)
    {
        _seed = seed;
        _form = form;
        PhantomRandom random = new(seed, 30);
        CortexHu = random.Uniform(132, 200);
        _medullaHu = CortexHu - random.Uniform(10, 28);
        _fatHu = random.Uniform(-112, -92);
        double tumourHu = random.Uniform(30, Math.Min(110, _medullaHu - TumourContrastHu));
        if (kidneys != PhantomKidneys.RightOnly) _beans.Add((Draw(1), 1));
        if (kidneys != PhantomKidneys.LeftOnly) _beans.Add((Draw(-1), -1));
        if (tumour) Tumour = DrawTumour(_beans[random.Below(_beans.Count)].Bean, tumourHu);
    }

    public double CortexHu { get; }

    public TumourForm? Tumour { get; }

    /// <summary>Fat around kidneys and tumour: it keeps them apart from organs that look like them.</summary>
    public IEnumerable<Organ> Bed()
    {
        PhantomRandom random = new(_seed, 31);
        foreach ((Bean bean, _) in _beans) yield return new Organ(new Grown(bean.Filled, random.Uniform(2.5, 8)), _fatHu, TextureHu: 12);
        if (Tumour is not null) yield return new Organ(new Grown(Tumour.Shape, 3), _fatHu, TextureHu: 12);
    }

    public IEnumerable<Organ> Build()
    {
        PhantomRandom random = new(_seed, 32);
        double veinHu = random.Uniform(140, 190), arteryHu = random.Uniform(170, 230), pelvisHu = random.Uniform(0, 40);
        double front = _form.SpineY - 17 * _form.Scale;
        foreach ((Bean bean, int side) in _beans)
        {
            PhantomLabel label = side > 0 ? PhantomLabel.LeftKidney : PhantomLabel.RightKidney;
            Vector3D hilum = bean.Place(0.02, 0.75, -0.05), z = new(0, 0, hilum.Z * 0.6 + 8);
            Vector3D cava = new(-16 * _form.Scale, front - 12, z.Z), aorta = new(10 * _form.Scale, front - 16, z.Z + 6);
            yield return new Organ(new Capsule(cava, bean.Place(0.05, 0.7, 0.1), random.Uniform(4, 6)), veinHu);
            yield return new Organ(new Capsule(aorta, bean.Place(-0.05, 0.7, 0), random.Uniform(2.5, 3.5)), arteryHu);
            yield return new Organ(new Capsule(bean.Place(-0.25, 0.6, -0.1), bean.Place(0.2, 0.55, -0.1), random.Uniform(3.5, 6)), pelvisHu);
            yield return new Organ(bean, CortexHu, label);
            foreach (Shape pyramid in Pyramids(bean, random)) yield return new Organ(pyramid, _medullaHu, label);
        }
        if (Tumour is not null) yield return new Organ(Tumour.Shape, Tumour.Hu, PhantomLabel.Tumour, 7);
    }

    private Bean Draw(int side)
    {
        PhantomRandom random = new(_seed, side > 0 ? 33 : 34);
        double s = _form.Scale * random.Uniform(0.9, 1.04);
        Vector3D semi = new(random.Uniform(49, 57) * s, random.Uniform(26, 31) * s, random.Uniform(22, 26) * s);
        double lateral = random.Uniform(66, 76) * _form.Scale, back = _form.SpineY + random.Uniform(-8, 4);
        double height = (side > 0 ? 6 : -8) + random.Uniform(-10, 10);
        Vector3D along = PortableMath.Unit(new(-side * random.Uniform(0.12, 0.34), random.Uniform(0.05, 0.28), 1));
        Vector3D medial = new(-side, -random.Uniform(0.25, 0.75), 0);
        medial = PortableMath.Unit(medial - along * medial.Dot(along));
        Affine axes = new(along, medial, along.Cross(medial), default);
        Vector3D hilum = new(random.Uniform(0.32, 0.42), random.Uniform(0.65, 0.85), random.Uniform(0.4, 0.55));
        return new Bean(new(side * lateral, back, height), semi, axes, random.Uniform(4, 9), hilum);
    }

    private static IEnumerable<Shape> Pyramids(Bean bean, PhantomRandom random)
    {
        for (int n = 0; n < 9; n++)
        {
            // A ring that is open towards the hilum.
            double angle = (-0.75 + 1.5 * n / 8) * Math.PI;
            Vector3D centre = bean.Place(PortableMath.Sin(angle) * 0.62, -PortableMath.Cos(angle) * 0.5, random.Uniform(-0.25, 0.25));
            double size = random.Uniform(6, 9);
            yield return new Within(new Ellipsoid(centre, new(size, size, size * 1.3), TorsoBuilder.Tilt(random, 1)), bean, 4.5);
        }
    }

    private TumourForm DrawTumour(Bean bean, double hu)
    {
        PhantomRandom random = new(_seed, 35);
        double diameter = 12 + 38 * Math.Sqrt(random.Unit()), radius = diameter / 2;
        // On the surface of the kidney away from the spine, sunk in by a part of its radius.
        double along = random.Uniform(-0.85, 0.85), rest = Math.Sqrt(1 - along * along), angle = random.Uniform(-0.62, 0.62) * Math.PI;
        double sunk = random.Uniform(-0.25, 0.7) * radius;
        Vector3D outward = new(along, -rest * PortableMath.Cos(angle), rest * PortableMath.Sin(angle));
        Vector3D surface = bean.Place(outward.X, outward.Y, outward.Z);
        Vector3D inwards = PortableMath.Unit(bean.Place(0, 0, 0) - surface);
        Vector3D centre = surface + inwards * sunk;
        Vector3D semi = new(radius * random.Uniform(0.88, 1.12), radius * random.Uniform(0.88, 1.12), radius * random.Uniform(0.88, 1.12));
        List<Shape> parts = [new Ellipsoid(centre, semi, TorsoBuilder.Tilt(random, 3))];
        int lobes = radius > 9 ? random.Below(4) : 0;
        for (int n = 0; n < lobes; n++)
        {
            double size = radius * random.Uniform(0.35, 0.55);
            Vector3D place = centre + random.Direction() * (radius * 0.8);
            parts.Add(new Ellipsoid(place, new(size, size, size)));
        }
        return new TumourForm(parts.Count == 1 ? parts[0] : new Union(radius * 0.4, parts), diameter, hu);
    }
}
