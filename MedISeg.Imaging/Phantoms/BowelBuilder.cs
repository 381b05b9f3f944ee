using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Phantoms.Shapes;

namespace MedISeg.Imaging.Phantoms;

/// <summary>Draws loops of small bowel and the colon: distractors, some of them as bright as kidneys.</summary>
internal sealed class BowelBuilder(int seed, PatientForm form, Shape cavity)
{
    private const double WallMm = 2.5;

    public IEnumerable<Organ> Build() => [.. SmallBowel(), .. Colon()];

    private IEnumerable<Organ> SmallBowel()
    {
        PhantomRandom random = new(seed, 20);
        double w = form.CavityHalfWidth, h = form.CavityHalfHeight;
        bool contrast = random.Chance(0.5);
        int loops = 22 + random.Below(12);
        for (int n = 0; n < loops; n++)
        {
            Vector3D centre = new(w * random.Uniform(-0.62, 0.62), h * random.Uniform(-0.75, 0.05), random.Uniform(-150, 45));
            Vector3D along = random.Direction() * random.Uniform(10, 28);
            double radius = random.Uniform(9, 15), kind = random.Unit();
            double content = contrast && kind < 0.5 ? random.Uniform(120, 220) : random.Uniform(10, 50);
            foreach (Organ organ in Loop(centre - along, centre + along, radius, random.Uniform(75, 120), content, kind > 0.85, 8)) yield return organ;
        }
    }

    private IEnumerable<Organ> Colon()
    {
        PhantomRandom random = new(seed, 21);
        double w = form.CavityHalfWidth, h = form.CavityHalfHeight;
        foreach (double side in (double[])[-1, 1])
        {
            double top = side > 0 ? random.Uniform(10, 40) : random.Uniform(-30, 0);
            Vector3D upper = new(side * w * 0.78, h * random.Uniform(-0.1, 0.3), top);
            Vector3D lower = new(side * w * 0.74, h * random.Uniform(-0.1, 0.25), -260);
            foreach (Organ organ in Loop(upper, lower, random.Uniform(15, 22), 80, random.Uniform(-80, 60), random.Chance(0.7), 60))
                yield return organ;
        }
        double z = random.Uniform(-25, 25), y = -h * random.Uniform(0.55, 0.7);
        Vector3D left = new(w * 0.7, y + 20, z + 25), middle = new(0, y, z), right = new(-w * 0.7, y + 20, z + 5);
        double radius = random.Uniform(14, 20);
        foreach (Organ organ in Loop(left, middle, radius, 80, random.Uniform(-60, 60), random.Chance(0.8), 60)) yield return organ;
        foreach (Organ organ in Loop(middle, right, radius, 80, random.Uniform(-60, 60), random.Chance(0.8), 60)) yield return organ;
    }

    private IEnumerable<Organ> Loop(Vector3D from, Vector3D to, double radius, double wallHu, double contentHu, bool gas, double texture)
    {
        Shape inside = new Within(new Capsule(from, to, radius - WallMm), cavity, 4 + WallMm);
        yield return new Organ(new Within(new Capsule(from, to, radius), cavity, 4), wallHu);
        yield return new Organ(inside, contentHu, TextureHu: texture);
        if (gas) yield return new Organ(new Within(inside, new Front((from.Y + to.Y) / 2 - radius * 0.15), 0), -930, TextureHu: 10);
    }
}
