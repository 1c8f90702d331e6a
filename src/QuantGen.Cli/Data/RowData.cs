using QuantGen.Specs;
using QuantGen.Tokenization;
using QuantGen.Training.Batching;
using QuantGen.Training.Data;
using QuantGen.Training.Evaluation;

namespace QuantGen.Cli.Data;

/// <summary>Labelled sentences or pairs.</summary>
internal sealed class RowData : TaskData
{
    // Whole numbers above this are measurements, not classes.
    private const int MostClasses = 4096;
    private readonly TsvDataset _rows;

    public RowData(string file)
    {
        File = file;
        _rows = TsvDataset.Load(file);
        ExampleEncoder.RequireLabels(_rows, file);
        bool areClasses = _rows.Rows.All(row => row.LabelValue >= 0 && row.LabelValue == Math.Floor(row.LabelValue) && row.LabelValue < MostClasses);
        Head = areClasses ? BertHead.SequenceClassification : BertHead.Regression;
        ClassCount = areClasses ? 1 + (int)_rows.Rows.Max(row => row.LabelValue) : 0;
    }

    public override string File { get; }

    /// <inheritdoc/>
    public override BertHead Head { get; }

    /// <summary>Gets one more than the largest label; 0 when labels are no classes.</summary>
    public int ClassCount { get; }

    // Whole numbers are numbers, too.
    public override bool Fits(BertHead head) => head is BertHead.SequenceClassification or BertHead.Regression;

    public override BatchSource Source(BertTokenizer tokenizer, ModelSpec spec, int maxLength, int batch, ulong seed, CancellationToken cancellation)
        => new(ExampleEncoder.FromRows(_rows, File, tokenizer, spec, maxLength, cancellation), batch, seed);

    public override IModelEvaluator Evaluator(BertTokenizer tokenizer, ModelSpec spec, int maxLength, int batch, int threads, CancellationToken cancellation)
        => new RowEvaluator(ExampleEncoder.FromRows(_rows, File, tokenizer, spec, maxLength, cancellation), batch);
}
