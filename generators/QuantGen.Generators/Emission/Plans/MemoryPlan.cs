using QuantGen.Generators.Specs;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Generators.Emission.Plans;

/// <summary>The buffers of a forward pass: what each is for, how long it lives and where it stands. Computed while compiling; nothing is allocated in a
/// call.</summary>
internal sealed class MemoryPlan
{
    private const int Alignment = 64;

    // Look-up tables are built for whole groups of inputs and may read this far behind the last token's codes.
    private const int Slack = PanelPadding.TableWordInputs;

    private readonly ClassSpec _spec;
    private readonly ModelGraph _graph;
    private readonly ValuePlan _values;
    private readonly List<PlannedBuffer> _shared = new();
    private readonly List<PlannedBuffer> _local = new();

    public MemoryPlan(ClassSpec spec, ValuePlan values, IReadOnlyList<Phase> phases)
    {
        _spec = spec;
        _graph = spec.Model.Graph;
        _values = values;
        SharedPlaces = FindShared(phases);
        AddValues(phases);
        AddScratch();
        Shared = Place(_shared);
        Local = Place(_local);
    }

    /// <summary>Gets the places that more than one phase touches, or whose values are the result.</summary>
    public ICollection<string> SharedPlaces { get; }

    /// <summary>Gets the buffers that all workers share; they live through the whole pass.</summary>
    public IReadOnlyList<PlannedBuffer> Shared { get; }

    /// <summary>Gets the buffers of one worker; buffers that never live at the same time overlap.</summary>
    public IReadOnlyList<PlannedBuffer> Local { get; }

    public long SharedBytes => Shared.Max(b => b.Offset + b.Bytes);

    public long LocalBytes => Local.Max(b => b.Offset + b.Bytes);

    /// <summary>As <c>Attention.ScratchFloats</c> of the runtime; a test holds the two together.</summary>
    public static long AttentionFloats(int length, int headSize)
    {
        const int Lanes = 16;
        const int BlockRows = 16;
        long keys = PanelPadding.Pad(length, Lanes);
        long columns = PanelPadding.Pad(headSize, Lanes);
        return (headSize * keys) + (length * columns) + (BlockRows * keys) + (BlockRows * columns);
    }

    /// <summary>As <c>QuantizedAttention.ScratchFloats</c> of the runtime; a test holds the two together.</summary>
    public static long QuantizedAttentionFloats(int length, int headSize)
    {
        const int Lanes = 16;
        const int BlockRows = 16;
        long keys = PanelPadding.Pad(length, Lanes);
        long columns = PanelPadding.Pad(headSize, Lanes);
        long depth = (headSize + 1) / 2;
        return (depth * keys) + ((length + 1) / 2 * columns) + (Math.Max(length, BlockRows) * Math.Max(depth, columns / 2))
            + (BlockRows * keys) + (BlockRows * columns);
    }

    /// <summary>As <c>RoundedAttention.ScratchFloats</c> of the runtime; a test holds the two together.</summary>
    public static long RoundedAttentionFloats(int length, int headSize) => QuantizedAttentionFloats(length, headSize) + PanelPadding.Pad(length, 16);

    // Layers differ in their weights, not in their values, so that parts of one kind count once.
    private HashSet<string> FindShared(IReadOnlyList<Phase> phases)
    {
        IEnumerable<(string Place, PartKind Kind)> touched = phases.SelectMany(phase => phase.Parts).SelectMany(part => part.Steps
            .SelectMany(step => step.Inputs.Concat(new[] { step.Output }))
            .Select(value => (_values.PlaceOf(value), part.Kind)));
        var shared = new HashSet<string>(
            touched.Distinct().GroupBy(pair => pair.Place).Where(place => place.Count() > 1).Select(place => place.Key), StringComparer.Ordinal);
        if (_graph.OutputLayer is not null)
        {
            shared.Add(Values.Logits);
        }

        return shared;
    }

    private void AddValues(IReadOnlyList<Phase> phases)
    {
        long block = ModelPlan.TokensPerItem(_spec.Model);
        HashSet<string> single = new(phases.Where(phase => phase.Items == PhaseItems.Sequence).SelectMany(phase => phase.Parts).SelectMany(part => part.Steps)
            .Select(step => _values.PlaceOf(step.Output)), StringComparer.Ordinal);
        foreach (string place in _values.Places)
        {
            if (place == Values.Logits && _graph.OutputLayer is null)
            {
                continue; // a decoder writes into the caller's memory
            }

            int columns = place == ValuePlan.Projected ? 3 * _spec.Model.Dimensions.AttentionWidth : _values.ColumnsOf(place);
            (int first, int last) = _values.LifeOf(place);
            if (SharedPlaces.Contains(place))
            {
                _shared.Add(new PlannedBuffer(Identifier.Of(place), _spec.MaxBatchTokens * (long)columns * 4, 0, _values.Steps));
            }
            else
            {
                _local.Add(new PlannedBuffer(Identifier.Of(place), (single.Contains(place) ? 1 : block) * columns * 4, first, last)
                {
                    TokenBytes = single.Contains(place) ? 0 : columns * 4L,
                });
            }
        }

        // Rows of first tokens, gathered from the shared buffers while the last layer is computed.
        if (_graph.IsPooled)
        {
            int lastOfLayer = _graph.Embedding.Count + _graph.Layers[0].Count - 1;
            _local.Add(new PlannedBuffer("FirstHidden", block * _spec.Model.Dimensions.HiddenSize * 4, 0, lastOfLayer));
            _local.Add(new PlannedBuffer("FirstContext", block * _spec.Model.Dimensions.AttentionWidth * 4, 0, lastOfLayer));
        }
    }

    private void AddScratch()
    {
        ModelSpec model = _spec.Model;
        int end = _values.Steps;
        long block = ModelPlan.TokensPerItem(model);
        int attention = _graph.Embedding.Count + _graph.Layers[0].ToList().FindIndex(step => step is AttentionNode);
        _local.Add(new PlannedBuffer("AttentionScratch", AttentionScratch() * 4, attention, attention));

        // A panel of weights that were looked up.
        long scratch = model.Matrices.Where(m => m.HasCodebook).Select(m => 4L * PanelPadding.FullPrecisionPanel * m.Columns).DefaultIfEmpty(0).Max();
        if (model.Matrices.Any(m => m.HasIntegerProduct))
        {
            int widest = model.Matrices.Max(m => PanelPadding.Pad(m.Columns, PanelPadding.Columns));
            int groups = model.Matrices.Max(m => m.HasZeroPoints ? m.GroupsAlongInput : 1);
            _local.Add(new PlannedBuffer("Codes", model.HasBitActivations ? (block * PanelPadding.PlaneBytes(widest)) + PanelPadding.PlaneSlack
                : (block * widest) + Slack, 0, end));
            _local.Add(new PlannedBuffer("TokenScales", block * 4, 0, end));
            _local.Add(new PlannedBuffer("TokenZeroPoints", block * 4, 0, end));
            _local.Add(new PlannedBuffer("TokenSums", block * 4 * groups, 0, end));
            scratch = Math.Max(scratch, model.HasBitActivations ? block * PanelPadding.PlanePanel * 4 : model.Matrices.Where(m => m.HasIntegerProduct)
                .Max(m => m.Segments().Max(s => PanelPadding.ScratchBytes((int)block, MostBeside(m), m.Columns, s.Bits, m.GroupSize > 0))));
        }

        if (scratch > 0)
        {
            _local.Add(new PlannedBuffer("PanelScratch", scratch, 0, end));
        }

        int staged = model.Matrices.Where(m => m.IsMixed || m.IsPair).Select(StagedRows).DefaultIfEmpty(0).Max();
        if (staged > 0)
        {
            _local.Add(new PlannedBuffer("Stored", block * staged * 4, 0, end));
        }

        if (_graph.Decoder is DecoderNode decoder && model.EmbeddingBits != 32)
        {
            _local.Add(new PlannedBuffer("Words", Nodes.DecoderEmitter.WordsPerItem * (long)decoder.Width * 4, end - 1, end));
        }
    }

    // The most outputs of a call that computes a layer, with those that may be computed beside it.
    private int MostBeside(MatrixSpec matrix)
    {
        string site = _graph.SiteOf(matrix.Name);
        int beside = _graph.Matrices.Count(node => node.Site == site);
        return beside == 1 ? matrix.StoredRowCount : beside * PanelPadding.Pad(matrix.StoredRowCount, PanelPadding.Rows);
    }

    // Rows that are computed before outputs are: in stored order, or halves before they are added, those of layers beside included.
    private int StagedRows(MatrixSpec matrix) => !matrix.IsPair ? matrix.Rows
        : _graph.Matrices.Count(node => node.Site == _graph.SiteOf(matrix.Name)) * matrix.StoredRowCount;

    // Quantized attention is calibrated in full precision.
    private long AttentionScratch()
    {
        long floats = AttentionFloats(_spec.MaxSequenceLength, _spec.Model.HeadSize);
        return !_spec.Model.HasQuantizedAttention ? floats : Math.Max(floats, _spec.Model.IsRounded
            ? RoundedAttentionFloats(_spec.MaxSequenceLength, _spec.Model.HeadSize)
            : QuantizedAttentionFloats(_spec.MaxSequenceLength, _spec.Model.HeadSize));
    }

    // Largest first; each buffer goes to the lowest place that no buffer living at the same time occupies.
    private static IReadOnlyList<PlannedBuffer> Place(IReadOnlyList<PlannedBuffer> buffers)
    {
        var placed = new List<PlannedBuffer>();
        foreach (PlannedBuffer buffer in buffers.OrderByDescending(b => b.Bytes).ThenBy(b => b.Name, StringComparer.Ordinal))
        {
            long offset = 0;
            foreach (PlannedBuffer other in placed.Where(p => p.First <= buffer.Last && buffer.First <= p.Last).OrderBy(p => p.Offset))
            {
                if (offset + buffer.Bytes <= other.Offset)
                {
                    break;
                }

                offset = Math.Max(offset, Align(other.Offset + other.Bytes));
            }

            placed.Add(buffer with { Offset = offset });
        }

        return placed.OrderBy(b => b.Offset).ThenBy(b => b.First).ToArray();
    }

    private static long Align(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;
}
