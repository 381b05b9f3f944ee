using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace MedISeg.Api.Segmentations;

/// <summary>What a request's Prefer headers ask for (RFC 7240). What cannot be understood is ignored, as the RFC says.</summary>
/// <param name="Wait">How long to wait for the result.</param>
/// <param name="Applied">Value of Preference-Applied; null: nothing was asked for.</param>
internal readonly record struct Preferences(TimeSpan Wait, string? Applied)
{
    /// <summary>Reads the headers.</summary>
    /// <param name="headers">All values of Prefer.</param>
    /// <param name="defaultWait">Wait of a request that asks for nothing.</param>
    /// <param name="maxWait">Longest wait; a longer one is cut, and Preference-Applied says so.</param>
    public static Preferences Parse(StringValues headers, TimeSpan defaultWait, TimeSpan maxWait)
    {
        bool asynchronous = false;
        TimeSpan? wait = null;
        foreach (string preference in headers.SelectMany(header => (header ?? "").Split(',')))
        {
            // A parameter after a semicolon belongs to a preference that we do not have.
            string[] pair = preference.Split(';')[0].Split('=', 2, StringSplitOptions.TrimEntries);
            if (pair is [var name] && name.Equals("respond-async", StringComparison.OrdinalIgnoreCase)) asynchronous = true;
            // The first of several counts.
            else if (wait is null && pair is [var key, var value] && key.Equals("wait", StringComparison.OrdinalIgnoreCase)
                && uint.TryParse(value.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out uint seconds))
                wait = TimeSpan.FromSeconds(Math.Min(seconds, maxWait.TotalSeconds));
        }
        string? applied = (asynchronous, wait) switch
        {
            (false, null) => null,
            (true, null) => "respond-async",
            (false, { } time) => Waiting(time),
            (true, { } time) => "respond-async, " + Waiting(time),
        };
        return new Preferences(wait ?? (asynchronous ? TimeSpan.Zero : defaultWait), applied);
    }

    private static string Waiting(TimeSpan time) => "wait=" + ((long)time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
