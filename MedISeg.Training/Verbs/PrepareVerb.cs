using System.CommandLine;
using MedISeg.Training.Data;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Verbs;

/// <summary><c>prepare</c>: data and options to a folder of prepared cases.</summary>
internal static class PrepareVerb
{
    private static readonly Option<string> Out = new("--out") { Description = "Cache folder; made where it is missing, and added to where it is not.", Required = true };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        Command command = new("prepare",
            "Prepares cases for train --cache: reads them, brings them to the grid and the intensities of the options and stores them as the sampler " +
            "reads them. train maps them, so that a data set may be larger than the memory and a training starts at once. Cases that are there are " +
            "checked and left; missing, changed and damaged ones are made. Ctrl-C loses only the cases in work; run it again to go on.")
        {
            DataArguments.Data, DataArguments.Format, DataArguments.Splits, TrainVerb.Validation, TrainVerb.Config, TrainVerb.Seed, TrainVerb.Fold, Out,
        };
        command.SetAction((parsed, token) => VerbRunner.RunAsync(cancelled => Run(parsed, cancelled), token));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        TrainOptions options = TrainVerb.ReadConfig(parsed);
        (IReadOnlyList<DatasetCase> training, IReadOnlyList<DatasetCase> validation, _) = TrainVerb.PartsOf(parsed, options, null, cancellationToken).Parts;
        options = IntesNorm.Resolve(options, training, cancellationToken);
        TrainVerb.Load([.. training, .. validation], options, parsed.GetRequiredValue(Out), cancellationToken).Dispose();
        return ExitCodes.Success;
    }
}
