using QuantGen.Execution;
using QuantGen.Tasks;

namespace QuantGen.Extensions.AI;

/// <summary>A model with the head <see cref="BertHead.QuestionAnswering"/>.</summary>
internal sealed class ModelAnswerer(InferenceSession session, ModelServiceOptions options)
    : TextModel<QuestionInput, Answer>(session, options, BertHead.QuestionAnswering, "answer"), IQuestionAnswerer
{
    public Task<IReadOnlyList<Answer>> AnswerAsync(IReadOnlyList<QuestionInput> questions, CancellationToken cancellation = default) =>
        RunAsync(questions, cancellation);

    protected override IReadOnlyList<Answer> Compute(IReadOnlyList<QuestionInput> inputs, CancellationToken cancellation) =>
        Session.Answer(inputs, Options.Answer, Call, cancellation);
}
