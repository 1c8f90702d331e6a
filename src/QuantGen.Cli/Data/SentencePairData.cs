using QuantGen.Sentences;
using QuantGen.Specs;
using QuantGen.Tokenization;
using QuantGen.Training.Batching;
using QuantGen.Training.Data;
using QuantGen.Training.Evaluation;

namespace QuantGen.Cli.Data;

/// <summary>Pairs of texts with a score, on which sentence encoders are measured.</summary>
internal sealed class SentencePairData(string file, SentenceTask task) : TaskData
{
    private readonly TsvDataset _pairs = TsvDataset.Load(file);

    public override string File => file;

    public override BertHead Head => BertHead.Embedding;

    public override bool Fits(BertHead head) => head is BertHead.Embedding or BertHead.Encoder;

    public override BatchSource Source(BertTokenizer tokenizer, ModelSpec spec, int maxLength, int batch, ulong seed, CancellationToken cancellation) =>
        throw new NotSupportedException("Pairs with a score are measured on, not learnt from.");

    // As long as the packed model will read them, however short the texts that are learnt from are cut.
    public override IModelEvaluator Evaluator(BertTokenizer tokenizer, ModelSpec spec, int maxLength, int batch, int threads, CancellationToken cancellation)
        => new SentenceEvaluator(
            _pairs, file, task, tokenizer, Math.Min(task.Head.Encoding.MaxLength ?? int.MaxValue, spec.Dimensions.MaxPositions), batch, cancellation);
}
