using System.Globalization;
using System.Text.Json.Nodes;
using MedISeg.Api.Hosting;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Options;

namespace MedISeg.Api.Options;

/// <summary>Section <c>Segmentation</c>: server defaults of the same options that requests give, checked by the same reader.</summary>
internal sealed class ServerDefaults
{
    /// <summary>Reads the section.</summary>
    /// <exception cref="StartRefusedException">A key or value is not allowed.</exception>
    public ServerDefaults(IConfiguration configuration)
    {
        IConfigurationSection section = configuration.GetSection("Segmentation");
        if (!section.Exists()) return;
        try
        {
            Options = OptionsReader.Parse(Read(section)?.ToJsonString() ?? "{}");
        }
        catch (SegmentationException e)
        {
            throw new StartRefusedException("Section Segmentation of the configuration: " + e.Message, e);
        }
    }

    /// <summary>The defaults; null: none.</summary>
    public SegmentationOptions? Options { get; }

    /// <summary>Turns configuration, where everything is text, back into JSON.</summary>
    private static JsonNode? Read(IConfigurationSection section)
    {
        IConfigurationSection[] children = [.. section.GetChildren()];
        if (children.Length == 0) return Leaf(section);
        if (children.All(child => int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            return new JsonArray([.. children.OrderBy(child => int.Parse(child.Key, CultureInfo.InvariantCulture)).Select(Read)]);
        return new JsonObject(children.Select(child => KeyValuePair.Create(child.Key, Read(child))));
    }

    private static JsonNode? Leaf(IConfigurationSection leaf)
    {
        string? text = leaf.Value;
        if (text is null) return null;
        // An empty list reaches us as empty text.
        if (text.Length == 0) return new JsonArray();
        // Members of an ensemble are numbers written as text.
        if (leaf.Path.Contains(":ensemble:members:", StringComparison.OrdinalIgnoreCase)) return text;
        if (bool.TryParse(text, out bool flag)) return flag;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole)) return whole;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : text;
    }
}
