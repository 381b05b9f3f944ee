using System.CommandLine;
using MedISeg.Training.Reports;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Verbs;

/// <summary><c>report</c>: report.html of a run.</summary>
internal static class ReportVerb
{
    private static readonly Option<string> Run = new("--run") { Description = "Run folder that the verb train made; the run may still be going on.", Required = true };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        Command command = new("report",
            "Writes RUN/report.html: curves, learning rate, time, example pictures and worst cases of a training, in one file that needs no network. " +
            "The verb train writes it too, after every epoch and with pictures at the end.")
        {
            Run,
        };
        command.SetAction((parsed, token) => VerbRunner.RunAsync(_ =>
        {
            Console.WriteLine($"Wrote {RunReport.Write(RunFolder.Open(parsed.GetRequiredValue(Run)))}.");
            return ExitCodes.Success;
        }, token));
        return command;
    }
}
