using QuantGen.Cli.Reporting;
using QuantGen.Training.Evaluation;

namespace QuantGen.Cli.Runs;

/// <summary>What an ensemble and each of its members are worth.</summary>
/// <param name="Evaluation">The whole on evaluation data; null without any.</param>
/// <param name="Members">The members.</param>
internal sealed record EnsembleSummary(ModelScore? Evaluation, IReadOnlyList<MemberRow> Members)
{
    /// <summary>Measures all of it.</summary>
    public static EnsembleSummary Of(EnsembleStudent ensemble, IModelEvaluator? evaluation, IModelEvaluator? test, CancellationToken cancellation)
    {
        MemberRow[] members =
        [
            .. ensemble.Members.Select(member => new MemberRow(
                member.Error, member.Vote, ensemble.Measure(member, evaluation, cancellation)?.Value, ensemble.Measure(member, test, cancellation)?.Value)),
        ];
        return new EnsembleSummary(evaluation?.Evaluate(ensemble.Model, cancellation), members);
    }
}
