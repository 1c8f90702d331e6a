using QuantGen.Specs;
using QuantGen.Tokenization;
using QuantGen.Training;
using QuantGen.Training.Batching;
using QuantGen.Training.Data;
using QuantGen.Training.Evaluation;

namespace QuantGen.Cli.Models;

/// <summary>Lines of text, for masked language models.</summary>
internal sealed class LineData(string file) : TaskData
{
    // What is hidden while measuring is the same for every model and every seed.
    private const ulong EvaluationSeed = 0;
    private readonly IReadOnlyList<string> _lines = TextFiles.Load(file);

    public override string File => file;

    public override BertHead Head => BertHead.MaskedLanguageModel;

    public override BatchSource Source(BertTokenizer tokenizer, ModelSpec spec, int maxLength, int batch, ulong seed)
        => Masked(tokenizer, maxLength, batch, seed);

    public override IModelEvaluator Evaluator(BertTokenizer tokenizer, ModelSpec spec, int maxLength, int batch, int threads)
        => new MaskedEvaluator(Masked(tokenizer, maxLength, batch, EvaluationSeed), threads);

    private MaskedBatchSource Masked(BertTokenizer tokenizer, int maxLength, int batch, ulong seed)
    {
        Example[] examples = ExampleEncoder.FromTexts(_lines, tokenizer, maxLength);
        return examples.Length > 0
            ? new MaskedBatchSource(examples, tokenizer, batch, seed)
            : throw new DataFormatException(file, 0, "at least one word", "none");
    }
}
