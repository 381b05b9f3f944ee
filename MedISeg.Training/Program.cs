using System.CommandLine;
using MedISeg.Training.Verbs;

RootCommand root = new("MedISeg.Training: makes data, trains networks, exports and checks model packages. Each verb has --help.")
{
    PhantomVerb.Create(),
    SplitVerb.Create(),
    ImportWeightsVerb.Create(),
    PlanVerb.Create(),
    PretrainVerb.Create(),
    PrepareVerb.Create(),
    TrainVerb.Create(),
    TrainGanVerb.Create(),
    ReportVerb.Create(),
    EvaluateVerb.Create(),
    SearchPostprocessingVerb.Create(),
    CalibrateVerb.Create(),
    AblateVerb.Create(),
    ExportVerb.Create(),
    VerifyVerb.Create(),
    CompareVerb.Create(),
};
// A training that is stopped still writes its checkpoint.
return await VerbRunner.RefuseEmpty(root).Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(2) });
