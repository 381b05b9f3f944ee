using BenchmarkDotNet.Running;
using MedISeg.Benchmarks.Engine;
using MedISeg.Benchmarks.Joining;
using MedISeg.Benchmarks.Load;
using MedISeg.Benchmarks.Rewrites;
using MedISeg.Benchmarks.Targets;
using MedISeg.Benchmarks.Training;

switch (args)
{
    case ["targets", ..]:
        return TargetsCommand.Create().Parse(args[1..]).Invoke();
    case [LoadTestCommand.Verb, ..]:
        return await LoadTestCommand.Create().Parse(args[1..]).InvokeAsync();
    case [RewritesCommand.Verb, string models, string rounds]:
        return RewritesCommand.Run(models, int.Parse(rounds, System.Globalization.CultureInfo.InvariantCulture));
    case [JoiningCommand.Verb, string packages, string turns]:
        return JoiningCommand.Run(packages, int.Parse(turns, System.Globalization.CultureInfo.InvariantCulture));
    case [StepServer.Verb, string work, string precision]:
        return StepServer.Run(work, precision);
    case [EngineServer.Verb, string name]:
        return EngineServer.Run(name, wall: false);
    case [EngineServer.Verb, string name, EngineServer.Wall]:
        return EngineServer.Run(name, wall: true);
    default:
        BenchmarkSwitcher.FromAssembly(typeof(TargetsCommand).Assembly).Run(args);
        return 0;
}
