using System.Globalization;
using MedISeg.Decoder;

// Argument: most bytes of memory that decoding may take. Ends when the other side of standard input is closed.
if (args.Length != 1 || !long.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out long maxMemoryBytes)) return 2;
ProcessLimits.Apply(maxMemoryBytes);
ProcessLimits.EndWithParent();
using Stream input = Console.OpenStandardInput(), output = Console.OpenStandardOutput();
return new DecoderLoop(input, output).Run();
