using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using QuantGen.Execution;
using QuantGen.Linear;
using QuantGen.Packed;
using QuantGen.Specs;

namespace QuantGen.Tests.Execution;

/// <summary>A program whose results can be said in advance: outputs are sums of chosen numbers per token id, computed in three phases.</summary>
internal sealed class FakeProgram(ModelSpec spec, int maxSequenceLength = 16, int maxBatchTokens = 40) : IEncoderProgram
{
    private const int Worked = 8;
    private readonly int _hidden = spec.Dimensions.HiddenSize;

    /// <summary>Gets or sets an output's part that a token gives: id, output.</summary>
    public Func<int, int, float> Logit { get; set; } = (id, output) => ((id * 7) + (output * 3)) % 11;

    /// <summary>Gets or sets what else happens in an item: phase, item, pass.</summary>
    public Action<int, int, ForwardPass>? Also { get; set; }

    /// <summary>Gets or sets what placing the weights does.</summary>
    public Action<PackedModel, WeightArena> Place { get; set; } = (model, arena) => arena.Floats(0, 1)[0] = model.Floats("embeddings.LayerNorm.weight")[0];

    public ModelSpec Spec => spec;

    public string InstructionSet => "C#";

    public int MaxSequenceLength => maxSequenceLength;

    public int MaxBatchTokens => maxBatchTokens;

    public int MaxItemTokens => 8;

    public long WeightBytes => 64;

    public long SharedBytes => sizeof(float) * (long)maxBatchTokens * (_hidden + Math.Max(1, spec.OutputCount));

    public long WorkerBytes => sizeof(int) * Worked;

    public long HiddenOffset => 0;

    public long OutputOffset => sizeof(float) * (long)maxBatchTokens * _hidden;

    public int PhaseCount => 3;

    private bool IsPerToken => spec.Head is BertHead.TokenClassification or BertHead.QuestionAnswering;

    /// <summary>Gets the hidden state that a token must get.</summary>
    public static float Hidden(int id, byte type, int position, int element) => (id * 32) + (type * 16) + position + (element * 0.5f);

    public void PlaceWeights(PackedModel model, WeightArena arena) => Place(model, arena);

    public int ItemCount(int phase, ForwardPass pass) => phase < 2 ? pass.TokenItems : pass.SequenceCount;

    public void RunItem(int phase, int item, int worker, ForwardPass pass)
    {
        Also?.Invoke(phase, item, pass);
        if (phase == 2)
        {
            Finish(item, pass);
            return;
        }

        (int first, int count) = pass.TokensOf(item);
        for (int i = 0; i < count; i++)
        {
            // Through the worker's own buffer, so that two workers sharing one would be noticed.
            pass.LocalIntegers(worker, sizeof(int) * i) = first + i;
        }

        for (int i = 0; i < count; i++)
        {
            int token = pass.LocalIntegers(worker, sizeof(int) * i);
            if (phase == 0)
            {
                Embed(token, pass);
            }
            else
            {
                pass.Observer?.Observe(0, 0, MemoryMarshal.CreateReadOnlySpan(ref HiddenOf(token, pass), _hidden));
            }
        }
    }

    private void Embed(int token, ForwardPass pass)
    {
        for (int j = 0; j < _hidden; j++)
        {
            Unsafe.Add(ref HiddenOf(token, pass), j)
                = Hidden(pass.Ids[token], pass.Types[token], pass.Positions[token], j) * pass.WeightFloats(0);
        }
    }

    private void Finish(int sequence, ForwardPass pass)
    {
        for (int k = 0; k < spec.OutputCount; k++)
        {
            float sum = 0;
            for (int token = pass.Starts[sequence]; token < pass.Starts[sequence + 1]; token++)
            {
                // The id is read back from the hidden state, so that earlier phases count.
                int id = (int)(HiddenOf(token, pass) - (16 * pass.Types[token]) - pass.Positions[token]) / 32;
                float logit = Logit(id, k);
                sum += logit;
                if (IsPerToken)
                {
                    Output((token * spec.OutputCount) + k, pass) = logit;
                }
            }

            if (!IsPerToken)
            {
                Output((sequence * spec.OutputCount) + k, pass) = sum;
            }
        }
    }

    private ref float HiddenOf(int token, ForwardPass pass) => ref pass.Shared(HiddenOffset + (sizeof(float) * (long)token * _hidden));

    private ref float Output(int index, ForwardPass pass) => ref pass.Shared(OutputOffset + (sizeof(float) * (long)index));
}
