using QuantGen.Execution;
using QuantGen.Tasks;

namespace QuantGen.Extensions.AI;

/// <summary>A model with the head <see cref="BertHead.Regression"/>.</summary>
internal sealed class ModelScorer(InferenceSession session, ModelServiceOptions options)
    : TextModel<TextInput, float>(session, options, BertHead.Regression, "score"), ITextScorer
{
    public Task<IReadOnlyList<float>> ScoreAsync(IReadOnlyList<TextInput> texts, CancellationToken cancellation = default) => RunAsync(texts, cancellation);

    protected override IReadOnlyList<float> Compute(IReadOnlyList<TextInput> inputs, CancellationToken cancellation) =>
        Session.Regress(inputs, Call, cancellation);
}
