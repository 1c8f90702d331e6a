using QuantGen.Execution;
using QuantGen.Tasks;

namespace QuantGen.Extensions.AI;

/// <summary>A model with the head <see cref="BertHead.TokenClassification"/>.</summary>
internal sealed class ModelTagger(InferenceSession session, ModelServiceOptions options)
    : TextModel<TextInput, IReadOnlyList<WordTag>>(session, options, BertHead.TokenClassification, "tag"), ITokenTagger
{
    public IReadOnlyList<string> Labels => Session.Labels;

    public Task<IReadOnlyList<IReadOnlyList<WordTag>>> TagAsync(IReadOnlyList<TextInput> texts, CancellationToken cancellation = default) =>
        RunAsync(texts, cancellation);

    protected override IReadOnlyList<IReadOnlyList<WordTag>> Compute(IReadOnlyList<TextInput> inputs, CancellationToken cancellation) =>
        Session.TagWords(inputs, Call, cancellation);
}
