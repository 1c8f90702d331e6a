using QuantGen.Specs;
using QuantGen.Tokenization;
using QuantGen.Training.Batching;
using QuantGen.Training.Data;
using QuantGen.Training.Evaluation;

namespace QuantGen.Cli.Data;

/// <summary>Questions about paragraphs.</summary>
internal sealed class QuestionData(string file) : TaskData
{
    private readonly SquadDataset _questions = SquadDataset.Load(file);

    public override string File => file;

    public override BertHead Head => BertHead.QuestionAnswering;

    public override int DefaultBatch => 16;

    public override int DefaultMaxLength => AnswerEvaluator.DefaultMaxLength;

    public override BatchSource Source(BertTokenizer tokenizer, ModelSpec spec, int maxLength, int batch, ulong seed, CancellationToken cancellation)
        => new(new QuestionSet(_questions, tokenizer, maxLength, cancellation: cancellation).Examples, batch, seed);

    public override IModelEvaluator Evaluator(BertTokenizer tokenizer, ModelSpec spec, int maxLength, int batch, int threads, CancellationToken cancellation)
        => new QuestionEvaluator(new QuestionSet(_questions, tokenizer, maxLength, cancellation: cancellation), batch);
}
