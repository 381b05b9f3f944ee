using MedISeg.Inference.Options;

namespace MedISeg.Training.Evaluation.PostprocessingSearch;

/// <summary>What was tried and what was chosen; docs/schemas/postprocessing-search.schema.json.</summary>
/// <param name="SchemaVersion">1.</param>
/// <param name="Package">Name and version of the package that the steps are for.</param>
/// <param name="Cases">Cases that the choice was made on.</param>
/// <param name="Before">Dice without post-processing.</param>
/// <param name="After">Dice with the chosen steps.</param>
/// <param name="Steps">Chosen steps in order.</param>
/// <param name="Trials">All that was tried, in order.</param>
internal sealed record SearchReport(
    int SchemaVersion, string Package, int Cases, SearchScore Before, SearchScore After, IReadOnlyList<PostprocessingStep> Steps,
    IReadOnlyList<PostprocessingTrial> Trials);

/// <summary>Mean Dice.</summary>
/// <param name="Mean">Mean of the classes.</param>
/// <param name="Classes">One entry a class.</param>
internal sealed record SearchScore(double Mean, IReadOnlyList<ClassDice> Classes);

/// <summary>Mean Dice of a class.</summary>
/// <param name="Label">Class id.</param>
/// <param name="Name">Class name.</param>
/// <param name="Cases">Cases whose truth or prediction holds the class.</param>
/// <param name="Dice">Mean over them; null: no case holds it.</param>
internal sealed record ClassDice(int Label, string Name, int Cases, double? Dice);

/// <summary>One step that was tried on top of those accepted before.</summary>
/// <param name="Step">The step.</param>
/// <param name="Before">Dice before.</param>
/// <param name="Score">Dice with it.</param>
/// <param name="Better">Cases whose mean Dice rises.</param>
/// <param name="Worse">Cases whose mean Dice falls.</param>
/// <param name="Accepted">Whether it was taken.</param>
internal sealed record PostprocessingTrial(PostprocessingStep Step, SearchScore Before, SearchScore Score, int Better, int Worse, bool Accepted);
