using System.Globalization;
using QuantGen.Cli.Reporting;
using QuantGen.Packed;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Batching;
using QuantGen.Training.Boosting;
using QuantGen.Training.Evaluation;
using QuantGen.Training.Losses;
using QuantGen.Training.Packing;

namespace QuantGen.Cli.Runs;

/// <summary>
/// Students of one bit that learn one after the other, each most from what those before got wrong (BEBERT). All begin with the same weights, and all have
/// what the first has learnt before its first layer, and in the layers that they share.
/// </summary>
internal sealed class EnsembleStudent
{
    private const string Start = "start:";

    // A member that repeats what the one before got wrong has the error of chance but for this.
    private const double Rounding = 1e-9;

    private readonly ITrainableModel _student;
    private readonly DrawnBatchSource _source;
    private readonly RowEvaluator _examples;
    private readonly BoostingRule _rule;
    private readonly int _most;
    private readonly int _sharedLayers;
    private readonly Report _report;
    private readonly List<EnsembleMember> _members = [];
    private double[] _weights;
    private float[][] _start = [];

    /// <summary>Creates the ensemble.</summary>
    /// <param name="student">The model that becomes one member after the other.</param>
    /// <param name="source">What is learnt from, with labels.</param>
    /// <param name="parts">Parts that a step is run in.</param>
    /// <param name="members">The most members.</param>
    /// <param name="sharedLayers">How many layers, from the first on, are the first member's for all.</param>
    /// <param name="report">Is told what members are worth.</param>
    public EnsembleStudent(ITrainableModel student, BatchSource source, int parts, int members, int sharedLayers, Report report)
    {
        _student = student;
        _source = new DrawnBatchSource(source);
        _examples = new RowEvaluator(source.Examples, source.PartSize(parts));
        _rule = new BoostingRule(student.Spec);
        _most = members;
        _sharedLayers = sharedLayers;
        _report = report;
        _weights = AdaBoost.Even(source.Examples.Count);
    }

    /// <summary>Gets the members that have learnt.</summary>
    public IReadOnlyList<EnsembleMember> Members => _members;

    /// <summary>Gets all members as one model to evaluate.</summary>
    public ITrainableModel Model => new EnsembleModel(_student, _members);

    /// <summary>Measures a member; null without anything to measure on.</summary>
    public ModelScore? Measure(EnsembleMember member, IModelEvaluator? evaluator, CancellationToken cancellation)
    {
        EnsembleModel.Take(_student, member);
        return evaluator?.Evaluate(_student, cancellation);
    }

    /// <summary>Packs the members into one file, or, before the first has learnt, the student.</summary>
    /// <param name="options">How the student is computed.</param>
    public PackedModelBuilder Pack(TrainableOptions options)
    {
        PackedModelBuilder[] packed = [.. _members.Select(member =>
        {
            EnsembleModel.Take(_student, member);
            return TrainedModelPacker.Pack(_student, options);
        })];
        if (packed.Length < 2)
        {
            return packed.FirstOrDefault() ?? TrainedModelPacker.Pack(_student, options);
        }

        packed[0].AddMembers(packed[1..], [.. _members.Select(member => member.Vote)], _sharedLayers);
        return packed[0];
    }

    /// <summary>Lists the stages of all members.</summary>
    /// <param name="alone">The stages of a student alone. Those that train another model come before all members; the others are every member's.</param>
    /// <param name="hasTeacher">Says which members learn from the teacher; others learn from labels, in one stage.</param>
    public IReadOnlyList<TrainingStage> Stages(IReadOnlyList<TrainingStage> alone, Func<int, bool> hasTeacher)
    {
        List<TrainingStage> stages = [.. alone.TakeWhile(stage => stage.Model != _student)];
        TrainingStage[] own = [.. alone.Skip(stages.Count)];
        TrainingStage[] labels = [own[^1] with { Loss = LossOptions.Labels, Name = string.Empty, Begin = own[0].Begin }];
        for (int member = 0; member < _most; member++)
        {
            stages.AddRange(StagesOf(member, hasTeacher(member) ? own : labels));
        }

        return stages;
    }

    private IEnumerable<TrainingStage> StagesOf(int member, TrainingStage[] stages) => stages.Select((stage, i) => stage with
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"member {member + 1} of {_most}{(stage.Name.Length == 0 ? string.Empty : ", ")}{stage.Name}"),
        Source = _source,
        Begin = i == 0 ? () => Begin(member, stage.Begin) : stage.Begin,
        Carried = Carried,
        Continue = carried => Continue(member, carried),
        End = i == stages.Length - 1 ? cancellation => End(member, cancellation) : stage.End,
    });

    private void Begin(int member, Action first)
    {
        if (member == 0)
        {
            first();
            _start = Values();
        }

        for (int i = 0; i < _start.Length; i++)
        {
            Parameter parameter = _student.Parameters[i];
            (IsShared(parameter) && member > 0 ? _members[0].Values[i] : _start[i]).CopyTo(parameter.Values, 0);
        }

        Prepare(member);
    }

    // Later members look words up where the first does, and compute what they share as it does.
    private void Prepare(int member)
    {
        _source.Draw(_weights, member);
        foreach (Parameter parameter in _student.Parameters.Where(parameter => member > 0 && IsShared(parameter)))
        {
            parameter.IsFrozen = true;
        }
    }

    private bool IsShared(Parameter parameter) => PackedLayout.IsShared(_student.Spec, parameter.Name, _sharedLayers);

    private bool End(int member, CancellationToken cancellation)
    {
        float[] losses = _rule.Losses(_examples.Logits(_student, cancellation), _source.Examples);
        double error = _rule.Error(_weights, losses);
        string worth = string.Create(CultureInfo.InvariantCulture, $"member {member + 1} of {_most}: weighted error {error:0.0000}");
        bool isWeak = error >= _rule.Chance - Rounding;
        if (isWeak && member > 0)
        {
            _report.Line($"{worth}, no better than chance: it is left out, and no more are trained");
            return false;
        }

        Add(Values(), losses, error);
        string vote = string.Create(CultureInfo.InvariantCulture, $"its vote weighs {_members[^1].Vote:0.0000}");
        string ends = isWeak ? ", no better than chance: it stays alone" : error == 0 ? $", {vote}; nothing is left to learn for others" : $", {vote}";
        _report.Line(worth + ends);
        return !isWeak && error > 0;
    }

    private void Add(float[][] values, float[] losses, double error)
    {
        double vote = _rule.Vote(error);
        _members.Add(new EnsembleMember(values, losses, error, vote));
        _weights = _rule.Reweigh(_weights, losses, vote);
    }

    private float[][] Values() => [.. _student.Parameters.Select(parameter => (float[])parameter.Values.Clone())];

    // Errors, votes and weights follow from the losses.
    private Dictionary<string, float[]> Carried()
    {
        var carried = new Dictionary<string, float[]>(StringComparer.Ordinal);
        for (int i = 0; i < _start.Length; i++)
        {
            carried.Add(Start + _student.Parameters[i].Name, _start[i]);
            for (int member = 0; member < _members.Count; member++)
            {
                carried.Add(MemberKey(member) + _student.Parameters[i].Name, _members[member].Values[i]);
            }
        }

        for (int member = 0; member < _members.Count; member++)
        {
            carried.Add(MemberKey(member), _members[member].Losses);
        }

        return carried;
    }

    // A state that lacks something is another training's, which whoever reads the rest of it refuses with the reason.
    private void Continue(int member, IReadOnlyDictionary<string, float[]> carried)
    {
        if (!Has(carried, Start) || Enumerable.Range(0, member).Any(earlier => !Has(carried, MemberKey(earlier)) || !carried.ContainsKey(MemberKey(earlier))))
        {
            return;
        }

        _start = Read(carried, Start);
        for (int earlier = 0; earlier < member; earlier++)
        {
            float[] losses = carried[MemberKey(earlier)];
            Add(Read(carried, MemberKey(earlier)), losses, _rule.Error(_weights, losses));
        }

        Prepare(member);
    }

    private bool Has(IReadOnlyDictionary<string, float[]> carried, string key) => _student.Parameters.All(parameter =>
        carried.TryGetValue(key + parameter.Name, out float[]? values) && values.Length == parameter.Values.Length);

    private float[][] Read(IReadOnlyDictionary<string, float[]> carried, string key) =>
        [.. _student.Parameters.Select(parameter => carried[key + parameter.Name])];

    private static string MemberKey(int member) => FormattableString.Invariant($"member {member}:");
}
