using QuantGen.Quantization;

namespace QuantGen.Trainable;

/// <summary>An embedding of words, positions or token types as a pass sees it: rows are quantized when a batch needs them. Gradients pass to the weights as
/// they are; of a pair of tables to both.</summary>
internal sealed class EmbeddingTable
{
    private const int RowsPerItem = 64;

    private readonly QuantizedParameter _parameter;
    private readonly bool _isPair;
    private readonly CodebookWeights? _codebook;
    private readonly float[]? _values;
    private float[]? _gradients;
    private readonly bool[] _isUsed;
    private int[] _rows = [];
    private int _rowCount;
    private bool _isOpen;

    public EmbeddingTable(QuantizedParameter rows, bool isPair)
    {
        _parameter = rows;
        _isPair = isPair;
        Rows = Weights.Shape[0] / (isPair ? 2 : 1);
        _isUsed = new bool[Rows];
        if (rows.Matrix.IsQuantized)
        {
            _codebook = rows.Centroids is null ? null : new CodebookWeights(rows);
            _values = _codebook?.Values ?? new float[Rows * Columns];
        }
    }

    public Parameter Weights => _parameter.Weight;

    /// <summary>Gets the floats that it has beside the weights and their gradients.</summary>
    public long Floats => (_values?.Length ?? 0) + (HasOwnGradients && (_isPair || _codebook is not null) ? (long)Rows * Columns : 0);

    /// <summary>Gets the number of words, or of what else has a row.</summary>
    public int Rows { get; }

    /// <summary>Gets whether the rows, or what is learned with them, have a use for gradients.</summary>
    public bool Learns => _parameter.Learns;

    private int Columns => Weights.Shape[1];

    // Gradients of what is added up stand apart where they are no gradients of the weights.
    private bool HasOwnGradients => _values is not null && (_codebook is not null || _parameter.Alpha is not null || _isPair);

    /// <summary>Gets the embeddings that a pass adds up.</summary>
    public float[] Values(TrainingPass pass) => _values is not null && (pass.IsQuantized || _isPair) ? _values : Weights.Values;

    /// <summary>Gets where gradients of rows of <see cref="Values"/> are added.</summary>
    public float[] Gradients => _gradients ?? Weights.Gradients;

    public void Initialize()
    {
        _codebook?.Initialize();
        _parameter.InitializeAlphas();
    }

    /// <summary>Quantizes the rows of a batch's words, or all: where the table is also a layer's weights, and where rows are not those of words. Rows of the
    /// parts before stay listed: with the last part all of them get gradients.</summary>
    public void Prepare(TrainingPass pass, bool all)
    {
        if (pass.Part.IsFirst)
        {
            Array.Clear(_isUsed);
        }

        ListRows(all ? [] : pass.Batch.Ids, all);
        if (_values is null || (!pass.IsQuantized && !_isPair))
        {
            return;
        }

        if (_codebook is not null)
        {
            _codebook.Prepare();
            return;
        }

        pass.Team.Run(new QuantizeJob(this, pass.IsQuantized), TrainingPass.Items(_rowCount, RowsPerItem));
    }

    /// <summary>Makes room for the gradients of a batch, or frees it.</summary>
    public void Begin()
    {
        _codebook?.Clear();
        bool passes = HasOwnGradients && !_isPair && _codebook is null && !Weights.IsFrozen && !Weights.Gradients.AsSpan().ContainsAnyExcept(0f);
        float[]? own = _gradients == Weights.Gradients ? null : _gradients;
        _gradients = !Learns || !HasOwnGradients ? null : passes ? Weights.Gradients : _codebook?.Gradients ?? own ?? new float[Rows * Columns];
        if (_isOpen && _gradients is not null && !passes)
        {
            // A batch whose last part was never run left its sums here.
            Array.Clear(_gradients);
        }

        _isOpen = true;
    }

    /// <summary>Adds the gradients of this batch to the parameters' and clears them.</summary>
    public void Finish(TrainingPass pass)
    {
        _isOpen = false;
        if (_gradients is null)
        {
            return;
        }

        if (_codebook is not null)
        {
            _codebook.Finish();
            return;
        }

        if (_isPair)
        {
            pass.Team.Run(new PairJob(this), TrainingPass.Items(_rowCount, RowsPerItem));
            return;
        }

        pass.Partial.Reserve(_rowCount);
        foreach (AlignedFloats scratch in pass.Scratch)
        {
            scratch.Reserve(Columns);
        }

        pass.Team.Run(new FinishJob(this, pass), TrainingPass.Items(_rowCount, RowsPerItem));
        double sum = 0;
        foreach (float part in pass.Partial.Span(_rowCount))
        {
            sum += part;
        }

        if (!_parameter.Alpha!.IsFrozen)
        {
            _parameter.Alpha.Gradients[0] += (float)(sum * _parameter.GradientFactor(0));
        }
    }

    // Ascending, each row once.
    private void ListRows(int[] ids, bool all)
    {
        if (_rows.Length < _isUsed.Length)
        {
            _rows = new int[_isUsed.Length];
        }

        _rowCount = 0;
        foreach (int id in ids)
        {
            _isUsed[id] = true;
        }

        for (int row = 0; row < _isUsed.Length; row++)
        {
            if (all || _isUsed[row])
            {
                _rows[_rowCount++] = row;
            }
        }
    }

    // One threshold for all rows, or a scale for each.
    private SchemeFit Fit(int row) => _parameter.Fit(_parameter.GroupOf(row));

    private void Take(int row, bool isQuantized, Span<float> values)
    {
        ReadOnlySpan<float> weights = Weights.Values.AsSpan(row * Columns, Columns);
        if (!isQuantized)
        {
            weights.CopyTo(values);
            return;
        }

        SchemeFit fit = Fit(row);
        fit.Center(weights, values);
        RowScaling.Multiply(ref values[0], values.Length, fit.Scale);
    }

    private readonly struct QuantizeJob(EmbeddingTable table, bool isQuantized) : ITeamJob
    {
        public void Run(int item, int worker)
        {
            int last = Math.Min((item + 1) * RowsPerItem, table._rowCount);
            float[] second = table._isPair ? new float[table.Columns] : [];
            for (int i = item * RowsPerItem; i < last; i++)
            {
                int row = table._rows[i];
                Span<float> values = table._values.AsSpan(row * table.Columns, table.Columns);
                table.Take(row, isQuantized, values);
                if (table._isPair)
                {
                    table.Take(table.Rows + row, isQuantized, second);
                    RowScaling.Add(ref values[0], values.Length, ref second[0]);
                }
            }
        }
    }

    private readonly struct PairJob(EmbeddingTable table) : ITeamJob
    {
        public void Run(int item, int worker)
        {
            int columns = table.Columns;
            int last = Math.Min((item + 1) * RowsPerItem, table._rowCount);
            for (int i = item * RowsPerItem; i < last; i++)
            {
                long at = (long)table._rows[i] * columns;
                ref float gradient = ref table._gradients!.At(at);
                RowScaling.Add(ref table.Weights.Gradients.At(at), columns, ref gradient);
                RowScaling.Add(ref table.Weights.Gradients.At(at + ((long)table.Rows * columns)), columns, ref gradient);
                table._gradients.AsSpan((int)at, columns).Clear();
            }
        }
    }

    private readonly struct FinishJob(EmbeddingTable table, TrainingPass pass) : ITeamJob
    {
        public void Run(int item, int worker)
        {
            int columns = table.Columns;
            int last = Math.Min((item + 1) * RowsPerItem, table._rowCount);
            Span<float> centered = pass.Scratch[worker].Span(columns);
            for (int i = item * RowsPerItem; i < last; i++)
            {
                int row = table._rows[i];
                long at = (long)row * columns;
                table.Fit(row).Center(table.Weights.Values.AsSpan((int)at, columns), centered);
                ref float gradient = ref table._gradients!.At(at);
                pass.Partial.Span(table._rowCount)[i] = (float)Thresholds.LongGradient(
                    ref table.Weights.Values.At(at), ref centered[0], ref gradient, columns, table._parameter.Threshold(0));
                if (table._gradients == table.Weights.Gradients)
                {
                    continue;
                }

                if (!table.Weights.IsFrozen)
                {
                    RowScaling.Add(ref table.Weights.Gradients.At(at), columns, ref gradient);
                }

                table._gradients.AsSpan((int)at, columns).Clear();
            }
        }
    }
}
