using System.Globalization;

namespace MedISeg.Tests.Dicom.IO;

/// <summary>Damaged inputs, one after the other: their number, and the time that each may take.</summary>
internal static class FuzzRun
{
    /// <summary>Inputs of each test of damaged files or streams; <c>./test.sh --full</c> sets 10,000.</summary>
    private const string Variable = "MEDISEG_FUZZ_INPUTS";

    /// <summary>Far more than any input takes: a guard against hanging, no measure of speed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>How many inputs to make.</summary>
    /// <param name="usual">Where nobody asked for another number.</param>
    public static int Count(int usual) =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } asked ? int.Parse(asked, CultureInfo.InvariantCulture) : usual;

    /// <summary>Runs one input; whatever it throws, and too long a run, is a failure that names it.</summary>
    public static async Task Run(string name, Action<CancellationToken> input)
    {
        using CancellationTokenSource source = new(Patience);
        try
        {
            await Task.Run(() => input(source.Token), CancellationToken.None).WaitAsync(Patience);
        }
        catch (Exception error)
        {
            Assert.Fail($"{name}: {error}");
        }
    }
}
