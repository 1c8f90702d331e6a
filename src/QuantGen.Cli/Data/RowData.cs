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

    public RowData(string file, TableOptions? table)
    {
        File = file;
        _rows = TsvDataset.Load(file, table);
        ExampleEncoder.RequireLabels(_rows, file);
        if (HasWords)
        {
            Head = BertHead.SequenceClassification;
            Classes = ClassLabels.Names(_rows);
            return;
        }

        double[] values = [.. _rows.Rows.Select(row => row.LabelValue)];
        (double least, double most) = (values.Min(), values.Max());
        bool areClasses = values.All(value => value == Math.Floor(value)) && most < MostClasses && least > -MostClasses;
        Head = areClasses ? BertHead.SequenceClassification : BertHead.Regression;
        IReadOnlyList<string> names = ClassLabels.Names(_rows);
        Classes = !areClasses ? []
            : names.Count > 0 ? names
            : [.. Enumerable.Range(0, 1 + (int)most).Select(i => FormattableString.Invariant($"LABEL_{i}"))];
    }

    public override string File { get; }

    /// <inheritdoc/>
    public override BertHead Head { get; }

    // As many as one more than the largest label, or the labels themselves where some are negative.
    public override IReadOnlyList<string> Classes { get; }

    public override bool HasNames => ClassLabels.Names(_rows).Count > 0;

    public override bool HasWords => _rows.HasWords || _rows.HasManyLabels;

    public override bool HasManyLabels => _rows.HasManyLabels;

    // Whole numbers are numbers, too.
    public override bool Fits(BertHead head) => HasWords
        ? head == BertHead.SequenceClassification
        : head is BertHead.SequenceClassification or BertHead.Regression;

    public override BatchSource Source(BertTokenizer tokenizer, ModelSpec spec, int maxLength, int batch, ulong seed, CancellationToken cancellation)
        => new(ExampleEncoder.FromRows(_rows, File, tokenizer, spec, maxLength, Labels, cancellation), batch, seed);

    public override IModelEvaluator Evaluator(BertTokenizer tokenizer, ModelSpec spec, int maxLength, int batch, int threads, CancellationToken cancellation)
        => new RowEvaluator(ExampleEncoder.FromRows(_rows, File, tokenizer, spec, maxLength, Labels, cancellation), batch, Labels ?? Classes);
}
