using QuantGen.Specs;
using QuantGen.Tokenization;
using QuantGen.Training.Batching;
using QuantGen.Training.Data;
using QuantGen.Training.Evaluation;

namespace QuantGen.Cli.Data;

/// <summary>Sentences whose words have tags.</summary>
internal sealed class TagData(string file) : TaskData
{
    private readonly ConllDataset _sentences = ConllDataset.Load(file);

    public override string File => file;

    public override BertHead Head => BertHead.TokenClassification;

    public override IReadOnlyList<string> Classes => _sentences.Tags;

    public override bool HasNames => true;

    public override bool HasWords => true;

    public override BatchSource Source(BertTokenizer tokenizer, ModelSpec spec, int maxLength, int batch, ulong seed, CancellationToken cancellation)
        => new(Encode(tokenizer, maxLength, cancellation).Examples, batch, seed);

    public override IModelEvaluator Evaluator(BertTokenizer tokenizer, ModelSpec spec, int maxLength, int batch, int threads, CancellationToken cancellation)
        => new TagEvaluator(Encode(tokenizer, maxLength, cancellation), batch);

    private TagSet Encode(BertTokenizer tokenizer, int maxLength, CancellationToken cancellation)
        => new(_sentences, tokenizer, Labels ?? Classes, maxLength, cancellation);
}
