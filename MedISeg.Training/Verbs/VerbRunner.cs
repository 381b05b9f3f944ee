using System.CommandLine;
using System.Runtime.InteropServices;
using MedISeg.Imaging.Errors;
using MedISeg.Training.Trainers;
using Spectre.Console;

namespace MedISeg.Training.Verbs;

/// <summary>Turns the ends of a verb into exit codes and one line on standard error.</summary>
internal static class VerbRunner
{
    /// <summary>Runs a verb's work.</summary>
    /// <param name="work">Returns an exit code; gets the token of Ctrl-C.</param>
    /// <param name="cancellationToken">Cancelled by Ctrl-C.</param>
    public static Task<int> RunAsync(Func<CancellationToken, int> work, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult(work(cancellationToken));
        }
        catch (SegmentationException fault)
        {
            return Fail(fault.Message, ExitCodes.BadInput);
        }
        catch (Exception fault) when (fault is OutOfMemoryException || (fault is ExternalException && fault.Message.Contains("memory", StringComparison.Ordinal)))
        {
            // The tensor library says it in its own way.
            return Fail(
                "There is not enough memory. For a training: prepare the cases with the verb prepare and train with --cache, which holds none of them in " +
                "memory, or take a smaller patchSize or batchSize.", ExitCodes.BadInput);
        }
        catch (TrainingDivergedException fault)
        {
            return Fail(fault.Message, ExitCodes.Diverged);
        }
        catch (OperationCanceledException)
        {
            return Fail("Stopped.", ExitCodes.Cancelled);
        }
        catch (IOException fault)
        {
            return Fail(fault.Message, ExitCodes.BadInput);
        }
        catch (UnauthorizedAccessException fault)
        {
            return Fail(fault.Message, ExitCodes.BadInput);
        }
        catch (InvalidOperationException fault)
        {
            return Fail(fault.Message, ExitCodes.Internal);
        }
    }

    /// <summary>Refuses empty texts, which come of a shell's variable that is not set, as values of the verbs' options.</summary>
    public static RootCommand RefuseEmpty(RootCommand root)
    {
        foreach (Option option in root.Subcommands.SelectMany(verb => verb.Options).Distinct())
            option.Validators.Add(result =>
            {
                if (result.Tokens.Any(token => token.Value.Length == 0)) result.AddError($"{option.Name} has an empty value; name one or leave the option out.");
            });
        return root;
    }

    private static Task<int> Fail(string message, int code)
    {
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }).WriteLine(message);
        return Task.FromResult(code);
    }
}
