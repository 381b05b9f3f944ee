using System.Globalization;
using System.Net;
using System.Text;
using MedISeg.Training.Runtime;

namespace MedISeg.Training.Reports;

/// <summary>A report as one HTML file that needs nothing beside it: no script, no font, no picture from elsewhere.</summary>
/// <param name="title">Title and first heading, plain text.</param>
internal sealed class HtmlPage(string title)
{
    private const string Style = """
        :root { --page: #f6f7f9; --card: #ffffff; --ink: #1c2329; --faint: #5f6b76; --line: #d9dee3; --good: #14804a; --bad: #b3372b;
          --c0: #2f6fde; --c1: #d9622b; --c2: #1f9d76; --c3: #a04fc4; --c4: #b58a00; --c5: #d0457d; --c6: #4b8b9c; --c7: #7a6a53; }
        @media (prefers-color-scheme: dark) {
          :root { --page: #14181c; --card: #1d2328; --ink: #e3e7eb; --faint: #9aa5b0; --line: #343d45; --good: #5cc98f; --bad: #f0887c;
            --c0: #7aa7ff; --c1: #ff9a6b; --c2: #5fd3ad; --c3: #cf95ea; --c4: #e0bb4d; --c5: #f589b3; --c6: #86c5d6; --c7: #bba88b; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
        main { max-width: 1180px; margin: 0 auto; padding: 24px 20px 60px; }
        h1 { font-size: 24px; line-height: 1.25; margin: 0 0 4px; }
        h2 { font-size: 17px; margin: 30px 0 10px; }
        p { margin: 6px 0; max-width: 90ch; }
        .faint { color: var(--faint); }
        .good { color: var(--good); } .bad { color: var(--bad); }
        .card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 14px 16px; }
        .grid { display: grid; gap: 14px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); }
        .tiles { display: grid; gap: 10px; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); margin: 16px 0; }
        .tile b { display: block; font-size: 20px; font-weight: 600; font-variant-numeric: tabular-nums; }
        .tile span { color: var(--faint); font-size: 13px; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th, td { padding: 4px 12px 4px 0; text-align: left; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap; }
        th { font-weight: 600; color: var(--faint); font-size: 13px; }
        th.n, td.n { text-align: right; }
        figure { margin: 0; }
        figure img { width: 100%; height: auto; border-radius: 6px; display: block; }
        figcaption { margin-top: 6px; font-size: 13px; color: var(--faint); overflow-wrap: anywhere; }
        figcaption b { color: var(--ink); }
        pre { margin: 0; overflow-x: auto; font: 12.5px/1.45 ui-monospace, "DejaVu Sans Mono", monospace; }
        summary { cursor: pointer; font-weight: 600; }
        svg { display: block; width: 100%; height: auto; }
        svg text { fill: var(--faint); font: 12px system-ui, "DejaVu Sans", sans-serif; }
        svg text.ink { fill: var(--ink); }
        svg .rule { stroke: var(--line); stroke-width: 1; fill: none; }
        svg .axis { stroke: var(--faint); stroke-width: 1; fill: none; }
        svg .curve { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
        """;

    private readonly StringBuilder _body = new();

    /// <summary>Plain text as HTML.</summary>
    public static string Text(string plain) => WebUtility.HtmlEncode(plain);

    /// <summary>A number as text; a dash where there is none.</summary>
    public static string Number(double? value, string format) =>
        value is { } known && double.IsFinite(known) ? known.ToString(format, CultureInfo.InvariantCulture) : "–";

    /// <summary>Adds a heading.</summary>
    /// <param name="text">Plain text.</param>
    public void Heading(string text) => Html($"<h2>{Text(text)}</h2>");

    /// <summary>Adds a paragraph.</summary>
    /// <param name="text">Plain text.</param>
    /// <param name="faint">Whether it is a remark.</param>
    public void Paragraph(string text, bool faint = false) => Html($"<p{(faint ? " class=\"faint\"" : "")}>{Text(text)}</p>");

    /// <summary>Adds a row of numbers with what they are.</summary>
    /// <param name="tiles">Plain texts.</param>
    public void Tiles(params IEnumerable<(string Value, string What)> tiles) => Html(
        $"<div class=\"tiles\">{string.Concat(tiles.Select(t => $"<div class=\"card tile\"><b>{Text(t.Value)}</b><span>{Text(t.What)}</span></div>"))}</div>");

    /// <summary>Adds a table.</summary>
    /// <param name="head">Plain texts; a leading &gt; sets the column to the right.</param>
    /// <param name="rows">HTML of the cells, one a column.</param>
    public void Table(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows)
    {
        bool[] right = [.. head.Select(h => h.StartsWith('>'))];
        string Cells(string tag, IEnumerable<string> cells) => string.Concat(cells.Select((c, n) => $"<{tag}{(right[n] ? " class=\"n\"" : "")}>{c}</{tag}>"));
        Html("<div class=\"card scroll\"><table><thead><tr>" + Cells("th", head.Select(h => Text(h.TrimStart('>')))) + "</tr></thead><tbody>"
            + string.Concat(rows.Select(row => $"<tr>{Cells("td", row)}</tr>\n")) + "</tbody></table></div>");
    }

    /// <summary>Adds blocks side by side where there is room.</summary>
    /// <param name="blocks">HTML.</param>
    public void Side(IEnumerable<string> blocks) => Html($"<div class=\"grid\">{string.Concat(blocks.Select(b => $"<div class=\"card\">{b}</div>\n"))}</div>");

    /// <summary>A picture with its caption as HTML, the file's bytes inside.</summary>
    /// <param name="png">PNG.</param>
    /// <param name="captionHtml">HTML.</param>
    /// <param name="alternative">What it shows, plain text.</param>
    public static string Figure(byte[] png, string captionHtml, string alternative) =>
        $"<figure><img alt=\"{Text(alternative)}\" src=\"data:image/png;base64,{Convert.ToBase64String(png)}\"><figcaption>{captionHtml}</figcaption></figure>";

    /// <summary>Adds a text that is shown when asked for.</summary>
    /// <param name="summary">Plain text.</param>
    /// <param name="text">Plain text, shown as it is.</param>
    public void Folded(string summary, string text) =>
        Html($"<details class=\"card\"><summary>{Text(summary)}</summary><pre>{Text(text)}</pre></details>");

    /// <summary>Adds HTML.</summary>
    public void Html(string html) => _body.AppendLine(html);

    /// <summary>The whole page.</summary>
    public override string ToString() => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{Text(title)}</title>
        <style>
        {Style}
        </style>
        </head>
        <body>
        <main>
        <h1>{Text(title)}</h1>
        {_body}</main>
        </body>
        </html>

        """;

    /// <summary>Writes the page; a reader never meets half of it.</summary>
    public void Save(string path) => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(ToString())));
}
