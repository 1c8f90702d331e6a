using System.CommandLine;
using QuantGen.Cli.Conventions;
using QuantGen.Specs;

namespace QuantGen.Cli.Options;

/// <summary>The options of ensembles of one-bit students (BEBERT).</summary>
internal sealed class EnsembleOptions
{
    private const string Nobody = "none";
    private const string First = "first";
    private const string All = "all";

    private readonly Option<int?> _members = CliOption.OptionalNumber(
        "--ensemble", "One bit: so many students, each of which learns most from what those before got wrong (BEBERT), in one file.", least: 2,
        most: EnsembleJson.MaxMembers);

    private readonly Option<string?> _teacher = CliOption.OneOf(
        "--ensemble-teacher", "Which students of an ensemble learn from the teacher; the others learn from the labels alone. [default: none]",
        Nobody, First, All);

    private readonly Option<int?> _sharedLayers = SharedLayers();

    /// <summary>Makes the option that says what members share.</summary>
    public static Option<int?> SharedLayers() => CliOption.OptionalNumber(
        "--shared-layers", "With --ensemble: so many layers, from the first on, are the first member's for all, beside the embeddings. [default: 0]",
        least: 1);

    /// <summary>Gets how many layers members share.</summary>
    /// <param name="values">The command line.</param>
    /// <param name="shared">The option of <see cref="SharedLayers()"/>.</param>
    /// <param name="members">The option that says how many members there are.</param>
    /// <param name="spec">The model of every member.</param>
    /// <exception cref="UsageException">There are no members, or the model has no such layers.</exception>
    public static int SharedLayers(OptionValues values, Option<int?> shared, Option<int?> members, ModelSpec spec)
    {
        int layers = values.Get(shared) ?? 0;
        string? defect = layers > 0 && values.Get(members) is null ? $"{shared.Name} needs {members.Name}"
            : EnsembleSpec.Defect(spec, layers) is string reason ? $"{shared.Name} {layers}: {reason}" : null;
        return defect is null ? layers : throw new UsageException(defect);
    }

    public void AddTo(Command command)
    {
        command.Add(_members);
        command.Add(_sharedLayers);
        command.Add(_teacher);
    }

    /// <summary>Gets the number of members; null for a student alone.</summary>
    public int? Members(OptionValues values) => values.Get(_members);

    /// <summary>Gets how many layers members share.</summary>
    /// <exception cref="UsageException">There are no members, or the model has no such layers.</exception>
    public int SharedLayers(OptionValues values, ModelSpec spec) => SharedLayers(values, _sharedLayers, _members, spec);

    /// <summary>Says whether a member learns from the teacher.</summary>
    /// <param name="values">The command line.</param>
    /// <param name="member">Which one, from 0.</param>
    public bool HasTeacher(OptionValues values, int member) => (values.Get(_teacher) ?? Nobody) switch
    {
        Nobody => false,
        First => member == 0,
        _ => true,
    };

    /// <summary>Gets which members learn from the teacher, by name; null for a student alone.</summary>
    public string? Teacher(OptionValues values) => values.Get(_members) is null ? null : values.Get(_teacher) ?? Nobody;

    /// <summary>Refuses what makes no ensemble.</summary>
    /// <param name="values">The command line.</param>
    /// <param name="spec">The student.</param>
    /// <param name="hasManyLabels">Whether any number of labels may hold.</param>
    /// <param name="loss">What is learnt, by name, from a teacher where there is one.</param>
    /// <param name="asksForTeacher">Whether the command line asks for a loss with the teacher.</param>
    /// <param name="isLossAware">Whether weights are rounded by the optimizer's moments, which a member does not keep.</param>
    /// <param name="hasCascade">Whether a student with more bits of activations learns first, whom a member would imitate.</param>
    /// <exception cref="UsageException">The options or the model do not fit.</exception>
    public void Require(OptionValues values, ModelSpec spec, bool hasManyLabels, string loss, bool asksForTeacher, bool isLossAware, bool hasCascade)
    {
        bool hasTeacher = HasTeacher(values, 0);
        string? defect = values.Get(_members) is null ? values.Has(_teacher) ? $"{_teacher.Name} needs {_members.Name}" : null
            : hasManyLabels ? $"{_members.Name} needs answers that are right or wrong, and any number of labels may hold for these texts"
            : spec.Head is not (BertHead.SequenceClassification or BertHead.Regression)
                ? $"{_members.Name} needs a classifier or a regression, and this model has the head {SpecNames.Of(spec.Head)}"
            : spec.Matrices.Any(matrix => matrix.Bits != 1) ? $"{_members.Name} needs --bits 1"
            : hasCascade ? $"{_members.Name} needs --no-cascade: members learn from labels, not from a student with more bits"
            : isLossAware ? $"{_members.Name} and --loss-aware exclude each other"
            : hasTeacher && !loss.Contains("kd", StringComparison.Ordinal) ? $"{_teacher.Name} {Teacher(values)} needs a loss with kd"
            : asksForTeacher && !hasTeacher ? $"--loss {loss} needs {_teacher.Name} {First} or {All}: else members learn from labels alone"
            : null;
        if (defect is not null)
        {
            throw new UsageException(defect);
        }
    }
}
