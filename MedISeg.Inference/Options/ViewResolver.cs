using System.Globalization;
using MedISeg.Inference.Models;
using MedISeg.Inference.Prediction;

namespace MedISeg.Inference.Options;

/// <summary>Turns views and presets into a list of views that the package allows.</summary>
internal static class ViewResolver
{
    private static readonly string[] Mediseg2d = ["flip-j", "flip-i", "rot90-ji-1", "rot90-ji-2", "rot90-ji-3"];
    private static readonly string[] Mediseg3d = ["flip-j", "flip-i", "flip-k", "rot90-ji-1", "rot90-ji-2", "rot90-ji-3"];

    /// <summary>The views, without the identity; adds what is wrong to the faults.</summary>
    public static IReadOnlyList<PatchView> Resolve(TtaOptions tta, ModelManifest manifest, OptionFaults faults)
    {
        if (tta is { Views: not null, Preset: not null }) faults.Add("tta.preset", "excludes tta.views; give one of them");
        IReadOnlyList<string> names = tta.Preset switch
        {
            TtaPreset.Mediseg2d => Mediseg2d,
            TtaPreset.Mediseg3d => Mediseg3d,
            TtaPreset.Flips => [.. PatchView.Names.Where(
                name => name.StartsWith("flip-", StringComparison.Ordinal) && manifest.Views.Allowed.Contains(name))],
            _ => tta.Views ?? [],
        };
        List<PatchView> views = [];
        for (int n = 0; n < names.Count; n++)
        {
            string key = tta.Preset is null ? $"tta.views[{n}]" : "tta.preset";
            if (!PatchView.TryFind(names[n], out PatchView? view))
                faults.Add(key, $"must be one of {string.Join(", ", PatchView.Names)}; {names[n]} was given");
            else if (views.Contains(view!)) faults.Add(key, $"must not name {names[n]} twice");
            else if (manifest.Views.Allowed.Contains(names[n]))
            {
                views.Add(view!);
                if (Misfit(view!, manifest) is { } reason) faults.Add(key, reason);
            }
            else
            {
                string allowed = manifest.Views.Allowed.Count == 0 ? "it allows none" : $"it allows {string.Join(", ", manifest.Views.Allowed)}";
                faults.AddView(key, $"holds {names[n]}, which the package does not allow; {allowed}");
            }
        }
        return views;
    }

    /// <summary>The views that change intensities; adds what is wrong to the faults. They fit every package.</summary>
    public static IReadOnlyList<IntensityView> Intensity(TtaOptions tta, OptionFaults faults)
    {
        List<IntensityView> views = [];
        for (int n = 0; n < (tta.Intensity?.Count ?? 0); n++)
        {
            string name = tta.Intensity![n];
            if (!IntensityView.TryFind(name, out IntensityView? view))
                faults.Add($"tta.intensity[{n}]", $"must be one of {string.Join(", ", IntensityView.Names)}; {name} was given");
            else if (views.Contains(view!)) faults.Add($"tta.intensity[{n}]", $"must not name {name} twice");
            else views.Add(view!);
        }
        return views;
    }

    /// <summary>Why a view cannot work with a package's grid and patch; null where it can.</summary>
    public static string? Misfit(PatchView view, ModelManifest manifest)
    {
        int dropped = 3 - manifest.Dimensionality;
        if (dropped > 0 && view.UsesDepth) return $"holds {view.Name}, but the package is 2-D and has no axis k";
        if (view.Plane is not (int first, int second)) return null;
        IReadOnlyList<int> patch = manifest.Network.PatchSize;
        if (patch[first - dropped] != patch[second - dropped])
            return $"holds {view.Name}, which needs equal patch sides in its plane; they are {patch[first - dropped]} and {patch[second - dropped]}";
        if (manifest.Network.ValidPadding is { } margin && margin[first - dropped] != margin[second - dropped])
            return $"holds {view.Name}, which needs equal valid padding in its plane";
        if (manifest.Grid.Spacing is { } spacing && spacing[first - dropped] != spacing[second - dropped])
            return string.Create(CultureInfo.InvariantCulture,
                $"holds {view.Name}, which needs equal spacing in its plane; it is {spacing[first - dropped]} and {spacing[second - dropped]} mm");
        return null;
    }
}
