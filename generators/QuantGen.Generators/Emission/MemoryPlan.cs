using QuantGen.Generators.Specs;
using QuantGen.Specs;

namespace QuantGen.Generators.Emission;

/// <summary>The buffers of a forward pass: what each is for, how long it lives and where it stands. Computed while compiling; nothing is allocated in a call.</summary>
internal sealed class MemoryPlan
{
    private const int Alignment = 64;

    // Look-up tables are built for whole groups of inputs and may read this far behind the last token's codes.
    private const int Slack = PanelPadding.TableWordInputs;

    private MemoryPlan(IReadOnlyList<PlannedBuffer> shared, IReadOnlyList<PlannedBuffer> local)
    {
        Shared = Place(shared);
        Local = Place(local);
    }

    /// <summary>Gets the buffers that all workers share; they live through the whole pass.</summary>
    public IReadOnlyList<PlannedBuffer> Shared { get; }

    /// <summary>Gets the buffers of one worker; buffers that never live at the same time overlap.</summary>
    public IReadOnlyList<PlannedBuffer> Local { get; }

    public long SharedBytes => Shared.Max(b => b.Offset + b.Bytes);

    public long LocalBytes => Local.Max(b => b.Offset + b.Bytes);

    public static MemoryPlan Of(ClassSpec spec)
    {
        ModelSpec model = spec.Model;
        ModelConfig d = model.Dimensions;
        long tokens = spec.MaxBatchTokens;
        long block = ModelPlan.TokensPerItem(model);
        int widest = model.Matrices.Max(m => PanelPadding.Pad(m.Columns, PanelPadding.Columns));
        int groups = model.Matrices.Max(m => m.HasZeroPoints ? m.GroupsAlongInput : 1);
        int staged = model.Matrices.Where(m => m.IsMixed).Select(m => m.Rows).DefaultIfEmpty(0).Max();
        var shared = new List<PlannedBuffer>
        {
            new("Hidden", tokens * d.HiddenSize * 4, 0, Step.Last),
            new("Projected", tokens * d.HiddenSize * 3 * 4, 0, Step.Last),
        };
        if (model.HasOutputLayer)
        {
            shared.Add(new("Outputs", tokens * model.OutputCount * 4, 0, Step.Last));
        }

        if (model.HasMaskedLanguageHead)
        {
            shared.Add(new("Transformed", tokens * d.EmbeddingSize * 4, 0, Step.Last));
        }

        var local = new List<PlannedBuffer>
        {
            new("Attended", block * d.HiddenSize * 4, Step.AttentionOutput, Step.FeedForwardOut),
            new("Normalized", block * d.HiddenSize * 4, Step.AttentionOutput, Step.FeedForwardOut),
            new("Intermediate", block * d.IntermediateSize * 4, Step.FeedForwardIn, Step.FeedForwardOut),
            new("AttentionScratch", AttentionScratch(spec) * 4, Step.Attention, Step.Attention),
        };
        // A panel of weights that were looked up.
        long scratch = model.Matrices.Where(m => m.HasCodebook).Select(m => 4L * PanelPadding.FullPrecisionPanel * m.Columns).DefaultIfEmpty(0).Max();
        if (model.Matrices.Any(m => m.HasIntegerProduct))
        {
            local.Add(new("Codes", (block * widest) + Slack, 0, Step.Last));
            local.Add(new("TokenScales", block * 4, 0, Step.Last));
            local.Add(new("TokenZeroPoints", block * 4, 0, Step.Last));
            local.Add(new("TokenSums", block * 4 * groups, 0, Step.Last));
            scratch = Math.Max(scratch, model.Matrices.Where(m => m.HasIntegerProduct)
                .Max(m => m.Segments().Max(s => PanelPadding.ScratchBytes((int)block, LinearEmitter.MostBeside(m), m.Columns, s.Bits, m.GroupSize > 0))));
        }

        if (scratch > 0)
        {
            local.Add(new("PanelScratch", scratch, 0, Step.Last));
        }

        if (staged > 0)
        {
            local.Add(new("Stored", block * staged * 4, 0, Step.Last));
        }

        if (d.Architecture == BertArchitecture.Albert)
        {
            local.Add(new("Embedded", block * d.EmbeddingSize * 4, Step.Embed, Step.Embed));
        }

        if (model.HasMaskedLanguageHead && model.EmbeddingBits != 32)
        {
            local.Add(new("Words", MaskedLanguageEmitter.WordsPerItem * d.EmbeddingSize * 4, Step.Head, Step.Head));
        }

        if (model.HasPooler)
        {
            local.Add(new("Pooled", d.HiddenSize * 4, Step.Head, Step.Head));
            local.Add(new("FirstHidden", block * d.HiddenSize * 4, 0, Step.FeedForwardOut));
            local.Add(new("FirstContext", block * d.HiddenSize * 4, 0, Step.FeedForwardOut));
        }

        return new MemoryPlan(shared, local);
    }

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

    // Quantized attention is calibrated in full precision.
    private static long AttentionScratch(ClassSpec spec)
    {
        long floats = AttentionFloats(spec.MaxSequenceLength, spec.Model.HeadSize);
        return spec.Model.HasQuantizedAttention ? Math.Max(floats, QuantizedAttentionFloats(spec.MaxSequenceLength, spec.Model.HeadSize)) : floats;
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

    /// <summary>The steps of a layer, in order, for the lifetimes of buffers.</summary>
    private static class Step
    {
        public const int Embed = 0;
        public const int Attention = 2;
        public const int AttentionOutput = 3;
        public const int FeedForwardIn = 4;
        public const int FeedForwardOut = 5;
        public const int Head = 6;
        public const int Last = 6;
    }
}
