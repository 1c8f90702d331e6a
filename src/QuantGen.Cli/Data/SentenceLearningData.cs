using System.Globalization;
using QuantGen.Sentences;
using QuantGen.Specs;
using QuantGen.Tokenization;
using QuantGen.Training;
using QuantGen.Training.Batching;
using QuantGen.Training.Data;
using QuantGen.Training.Evaluation;
using QuantGen.Training.Losses;

namespace QuantGen.Cli.Data;

/// <summary>Pairs or triplets of texts, from which sentence encoders learn.</summary>
internal sealed class SentenceLearningData : TaskData
{
    private readonly SentenceTask _task;
    private readonly TsvDataset _rows;
    private readonly double _scale = 1;

    public SentenceLearningData(string file, TableOptions table, SentenceTask task, SentenceObjective objective)
    {
        File = file;
        _task = task;
        bool isRanking = objective == SentenceObjective.Ranking;
        _rows = TsvDataset.Load(file, table with { LeavesLabels = isRanking });
        if (!_rows.HasPairs)
        {
            throw new DataFormatException(
                file, 1, isRanking ? "columns 'anchor', 'positive' and, or not, 'negative', or a pair" : "columns 'sentence1', 'sentence2' and 'label'",
                "one text a row");
        }

        if (!isRanking)
        {
            ExampleEncoder.RequireLabels(_rows, file);
            ExampleEncoder.RequireNumbers(_rows, file);
            _scale = Math.Max(1, _rows.Rows.Max(row => Math.Abs(row.LabelValue)));
        }
    }

    public override string File { get; }

    public override BertHead Head => BertHead.Embedding;

    /// <summary>Gets what the user is told of the scores; null for nothing.</summary>
    public string? Note => _scale == 1 ? null
        : string.Create(CultureInfo.InvariantCulture, $"scores are divided by {_scale}, the largest, to be cosines");

    public override bool Fits(BertHead head) => head is BertHead.Embedding or BertHead.Encoder;

    public override BatchSource Source(BertTokenizer tokenizer, ModelSpec spec, int maxLength, int batch, ulong seed, CancellationToken cancellation)
    {
        int length = Math.Min(maxLength, _task.Head.Encoding.MaxLength ?? maxLength);
        Example[] Encode(Func<TsvRow, string> text) => ExampleEncoder.FromSentences(_rows.Rows.Select(text), _task, tokenizer, length, cancellation);
        Example[] first = Encode(row => row.Text);
        List<IReadOnlyList<Example>> parts =
        [
            first.Select((example, i) => example with { Label = _rows.Rows[i].LabelValue / _scale }).ToArray(), Encode(row => row.Pair!),
        ];
        if (_rows.Rows[0].Negative is not null)
        {
            parts.Add(Encode(row => row.Negative!));
        }

        return new PairedBatchSource(parts, batch, seed);
    }

    public override IModelEvaluator Evaluator(BertTokenizer tokenizer, ModelSpec spec, int maxLength, int batch, int threads, CancellationToken cancellation)
        => throw new NotSupportedException("Pairs that are learnt from are measured on as such.");
}
