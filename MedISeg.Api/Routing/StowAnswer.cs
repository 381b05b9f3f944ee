using System.Text.Json.Nodes;
using MedISeg.Dicom;

namespace MedISeg.Api.Routing;

/// <summary>What became of the objects of a STOW-RS request, as a data set of the DICOM JSON model. Source: PS3.18 10.5.3 and annex I.</summary>
internal sealed class StowAnswer
{
    /// <summary>Failure reasons of annex I.2.2.</summary>
    public const int WrongStudy = 0xA901, NotUnderstood = 0xC000;

    private readonly JsonArray _taken = [], _failed = [];

    /// <summary>Objects that were taken.</summary>
    public int Taken => _taken.Count;

    /// <summary>200: all were taken; 202: some; 409: none.</summary>
    public int Status => _failed.Count == 0 ? StatusCodes.Status200OK : _taken.Count > 0 ? StatusCodes.Status202Accepted : StatusCodes.Status409Conflict;

    /// <summary>An object was taken.</summary>
    public void Take(DicomDataset header) => _taken.Add(Item(header));

    /// <summary>An object was not taken.</summary>
    /// <param name="header">Null: it cannot be read.</param>
    /// <param name="reason">Failure reason.</param>
    public void Refuse(DicomDataset? header, int reason)
    {
        JsonObject item = header is null ? [] : Item(header);
        item[Key(DicomTag.FailureReason)] = Element("US", reason);
        _failed.Add(item);
    }

    /// <summary>The data set. It says nothing of where to fetch the objects: they are not kept.</summary>
    public string ToJson()
    {
        JsonObject answer = [];
        if (_failed.Count > 0) answer[Key(DicomTag.FailedSOPSequence)] = new JsonObject { ["vr"] = "SQ", ["Value"] = _failed.DeepClone() };
        if (_taken.Count > 0) answer[Key(DicomTag.ReferencedSOPSequence)] = new JsonObject { ["vr"] = "SQ", ["Value"] = _taken.DeepClone() };
        return answer.ToJsonString();
    }

    private static JsonObject Item(DicomDataset header) => new()
    {
        [Key(DicomTag.ReferencedSOPClassUID)] = Element("UI", header.GetSingleValueOrDefault(DicomTag.SOPClassUID, "")),
        [Key(DicomTag.ReferencedSOPInstanceUID)] = Element("UI", header.GetSingleValueOrDefault(DicomTag.SOPInstanceUID, "")),
    };

    private static JsonObject Element(string representation, JsonNode value) => new() { ["vr"] = representation, ["Value"] = new JsonArray(value) };

    private static string Key(DicomTag tag) => tag.Key.ToString("X8");
}
