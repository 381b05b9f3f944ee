using System.Globalization;
using System.Text;

namespace MedISeg.Training.Evaluation;

/// <summary>An evaluation as CSV (RFC 4180): one row a case and class; an undefined score is an empty field.</summary>
internal static class EvaluationCsv
{
    /// <summary>Header and rows.</summary>
    public static string Write(IReadOnlyList<CaseScore> cases)
    {
        StringBuilder text = new();
        text.Append("case,groups,label,name,predictedMl,trueMl,").AppendJoin(',', ScoreKind.All.Select(kind => kind.Key)).Append(",seconds\r\n");
        foreach (CaseScore one in cases)
            foreach (LabelComparison l in one.Labels)
            {
                text.Append(Field(one.Name)).Append(',').Append(Field(string.Join(';', one.Groups))).Append(',');
                text.Append(CultureInfo.InvariantCulture, $"{l.Label},{Field(l.Name)},{l.PredictedMl:R},{l.TrueMl:R},");
                text.AppendJoin(',', ScoreKind.All.Select(kind => kind.Of(l)?.ToString("R", CultureInfo.InvariantCulture)));
                text.Append(CultureInfo.InvariantCulture, $",{one.Seconds:R}\r\n");
            }
        return text.ToString();
    }

    private static string Field(string text) => text.AsSpan().IndexOfAny("\",\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
