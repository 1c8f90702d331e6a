using QuantGen.Specs;
using QuantGen.Tokenization;
using QuantGen.Training;
using QuantGen.Training.Batching;
using QuantGen.Training.Data;
using QuantGen.Training.Evaluation;

namespace QuantGen.Cli.Data;

/// <summary>Lines of text, for masked language models.</summary>
internal sealed class LineData(string file) : TaskData
{
    private readonly IReadOnlyList<string> _lines = TextFiles.Load(file);

    public override string File => file;

    public override BertHead Head => BertHead.MaskedLanguageModel;

    public override BatchSource Source(BertTokenizer tokenizer, ModelSpec spec, int maxLength, int batch, ulong seed, CancellationToken cancellation)
        => new MaskedBatchSource(Examples(tokenizer, maxLength, cancellation), tokenizer, batch, seed);

    // What is hidden while measuring is the same for every model and every seed.
    public override IModelEvaluator Evaluator(BertTokenizer tokenizer, ModelSpec spec, int maxLength, int batch, int threads, CancellationToken cancellation)
        => new MaskedEvaluator(new HiddenBatchSource(Examples(tokenizer, maxLength, cancellation), tokenizer, batch, HiddenTokens.DefaultSeed), threads);

    private Example[] Examples(BertTokenizer tokenizer, int maxLength, CancellationToken cancellation) =>
        ExampleEncoder.FromTexts(_lines, tokenizer, maxLength, cancellation) is { Length: > 0 } examples
        ? examples
        : throw new DataFormatException(file, 0, "at least one word", "none");
}
