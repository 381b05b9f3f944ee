using System.CommandLine;
using MedISeg.Training.Networks;
using MedISeg.Training.Trainers;
using MedISeg.Training.Weights;

namespace MedISeg.Training.Verbs;

/// <summary><c>import-weights</c>: somebody else's pre-trained encoder to a file that <c>train --encoder</c> takes.</summary>
internal static class ImportWeightsVerb
{
    private const string Auto = "auto";

    private static readonly Option<string> Weights = new("--weights") { Description = "PyTorch checkpoint (.pth, .pt) or safetensors. No code of it is run.", Required = true };
    private static readonly Option<string> Config = new("--config") { Description = "Training options as JSON; network says what the encoder must fit.", Required = true };
    private static readonly Option<string> Out = new("--out") { Description = "Safetensors file to write.", Required = true };
    private static readonly Option<string> Source = CreateSource();

    /// <summary>The command.</summary>
    public static Command Create()
    {
        Command command = new("import-weights",
            "Imports a pre-trained encoder for train --encoder. Every tensor of the encoder must be in the file with its shape; otherwise nothing is " +
            "written and the ones that do not match are listed.")
        {
            Weights, Config, Source, Out,
        };
        command.SetAction((parsed, token) => VerbRunner.RunAsync(_ => Run(parsed), token));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        TrainOptions options = TrainOptionsReader.Read(parsed.GetRequiredValue(Config));
        string name = parsed.GetRequiredValue(Source);
        WeightsSource? source = name == Auto ? null : WeightsSource.All.Single(known => known.Name == name);
        (PretrainedEncoder encoder, int tensors) = PretrainedEncoder.Import(
            parsed.GetRequiredValue(Weights), Network.Of(options.NetworkWithChannels()), source, parsed.GetRequiredValue(Out));
        Console.WriteLine($"All {tensors} tensors of the encoder match; read as {encoder.Source}, sha256 {encoder.Sha256}.");
        return ExitCodes.Success;
    }

    private static Option<string> CreateSource()
    {
        Option<string> option = new("--source") { Description = "Who trained the weights; recorded in the package.", DefaultValueFactory = _ => Auto };
        return option.AcceptOnlyFromAmong([Auto, .. WeightsSource.All.Select(source => source.Name)]);
    }
}
