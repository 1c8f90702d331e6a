using QuantGen.Execution;
using QuantGen.Tasks;

namespace QuantGen.Extensions.AI;

/// <summary>A model with the head <see cref="BertHead.SequenceClassification"/>.</summary>
internal sealed class ModelClassifier(InferenceSession session, ModelServiceOptions options)
    : TextModel<TextInput, Prediction>(session, options, BertHead.SequenceClassification, "classify"), ITextClassifier
{
    public IReadOnlyList<string> Labels => Session.Labels;

    public Task<IReadOnlyList<Prediction>> ClassifyAsync(IReadOnlyList<TextInput> texts, CancellationToken cancellation = default) =>
        RunAsync(texts, cancellation);

    protected override IReadOnlyList<Prediction> Compute(IReadOnlyList<TextInput> inputs, CancellationToken cancellation) =>
        Session.Classify(inputs, Call, cancellation);
}
