using QuantGen.Sentences;
using QuantGen.Specs;
using QuantGen.Tokenization;
using QuantGen.Training.Batching;
using QuantGen.Training.Data;
using QuantGen.Training.Evaluation;

namespace QuantGen.Cli.Data;

/// <summary>Texts without labels, for sentence encoders that learn from a teacher.</summary>
internal sealed class SentenceData(IReadOnlyList<string> files, IReadOnlyList<string> excluded, SentenceTask task) : TaskData
{
    public override string File => string.Join(", ", files.Select(Path.GetFileName).Distinct());

    public override BertHead Head => BertHead.Embedding;

    public override int DefaultBatch => 64;

    /// <summary>Gets the texts that are learnt from.</summary>
    public SentenceFiles Found { get; } = SentenceFiles.Load(files, excluded);

    public override bool Fits(BertHead head) => head is BertHead.Embedding or BertHead.Encoder;

    public override BatchSource Source(BertTokenizer tokenizer, ModelSpec spec, int maxLength, int batch, ulong seed, CancellationToken cancellation) =>
        new(
            ExampleEncoder.FromSentences(Found.Texts, task, tokenizer, Math.Min(maxLength, task.Head.Encoding.MaxLength ?? maxLength), cancellation), batch,
            seed);

    public override IModelEvaluator Evaluator(BertTokenizer tokenizer, ModelSpec spec, int maxLength, int batch, int threads, CancellationToken cancellation)
        => throw new NotSupportedException("Texts without a score measure nothing.");
}
