using QuantGen.Kernels;
using QuantGen.Quantization;

namespace QuantGen.Trainable;

/// <summary>The word embedding as a pass sees it: rows are quantized when a batch needs them. Gradients pass to the weights as they are.</summary>
internal sealed class EmbeddingTable
{
    private const int RowsPerItem = 64;

    private readonly Scheme _scheme;
    private readonly int _bits;
    private readonly Parameter? _alpha;
    private readonly CodebookWeights? _codebook;
    private readonly TrainableOptions _options;
    private readonly float[]? _values;
    private readonly float[]? _gradients;
    private readonly bool[] _isUsed;
    private int[] _rows = [];
    private int _rowCount;

    public EmbeddingTable(Scheme scheme, int bits, Parameter words, Parameter? alpha, Parameter? centroids, TrainableOptions options)
    {
        _scheme = scheme;
        _bits = bits;
        Words = words;
        _alpha = alpha;
        _options = options;
        _isUsed = new bool[words.Shape[0]];
        if (bits == 32)
        {
            return;
        }

        _codebook = centroids is null ? null : new CodebookWeights(scheme, bits, words, centroids, options);
        _values = _codebook?.Values ?? new float[words.Values.Length];
        _gradients = _codebook?.Gradients ?? (alpha is null ? null : new float[words.Values.Length]);
        words.WantsCurvature = scheme == Scheme.Ternary && options.LossAware;
    }

    public Parameter Words { get; }

    private int Columns => Words.Shape[1];

    private LearnedThreshold Threshold => new(MathF.Max(_alpha!.Values[0], LsqQuantizer.SmallestAlpha), LsqQuantizer.Levels(_bits), IsSigned: true);

    /// <summary>Gets the embeddings that a pass adds up.</summary>
    public float[] Values(TrainingPass pass) => pass.IsQuantized && _values is not null ? _values : Words.Values;

    /// <summary>Gets where gradients of rows of <see cref="Values"/> are added.</summary>
    public float[] Gradients => _gradients ?? Words.Gradients;

    public void Initialize()
    {
        _codebook?.Initialize();
        if (_alpha is not null)
        {
            int levels = LsqQuantizer.Levels(_bits);
            float alpha = Thresholds.Initial(_options.ScaleInitialization, Words.Values, levels, Thresholds.WeightExperience);
            _alpha.Values[0] = MathF.Max(alpha, LsqQuantizer.SmallestAlpha);
        }
    }

    /// <summary>Quantizes the rows of a batch, or all where the table is also a layer's weights.</summary>
    public void Prepare(TrainingPass pass, bool all)
    {
        ListRows(pass.Batch.Ids, all);
        if (_values is null || !pass.IsQuantized)
        {
            return;
        }

        if (_codebook is not null)
        {
            _codebook.Prepare();
            return;
        }

        pass.Team.Run(new QuantizeJob(this), TrainingPass.Items(_rowCount, RowsPerItem));
    }

    /// <summary>Adds the gradients of this pass to the parameters' and clears them.</summary>
    public void Finish(TrainingPass pass)
    {
        if (_gradients is null)
        {
            return;
        }

        if (_codebook is not null)
        {
            _codebook.Finish();
            Array.Clear(_gradients);
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

        _alpha!.Gradients[0] += (float)(sum * Thresholds.GradientFactor(_options, Words.Values.Length, LsqQuantizer.Levels(_bits)));
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

        Array.Clear(_isUsed);
    }

    private SchemeFit Fit(int row)
    {
        int first = row * Columns;
        ReadOnlySpan<float> curvature = _options.LossAware && Words.Curvature is { } all ? all.AsSpan(first, Columns) : default;
        return SchemeFit.Of(_scheme, _bits, Words.Values.AsSpan(first, Columns), _alpha?.Values[0] ?? 0f, curvature);
    }

    private readonly struct QuantizeJob(EmbeddingTable table) : ITeamJob
    {
        public void Run(int item, int worker)
        {
            int last = Math.Min((item + 1) * RowsPerItem, table._rowCount);
            for (int i = item * RowsPerItem; i < last; i++)
            {
                int row = table._rows[i];
                Span<float> values = table._values.AsSpan(row * table.Columns, table.Columns);
                SchemeFit fit = table.Fit(row);
                fit.Center(table.Words.Values.AsSpan(row * table.Columns, table.Columns), values);
                RowScaling.Multiply(ref values[0], values.Length, fit.Scale);
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
                table.Fit(row).Center(table.Words.Values.AsSpan((int)at, columns), centered);
                ref float gradient = ref table._gradients!.At(at);
                pass.Partial.Span(table._rowCount)[i] = (float)Thresholds.LongGradient(
                    ref table.Words.Values.At(at), ref centered[0], ref gradient, columns, table.Threshold);
                RowScaling.Add(ref table.Words.Gradients.At(at), columns, ref gradient);
                table._gradients.AsSpan((int)at, columns).Clear();
            }
        }
    }
}
