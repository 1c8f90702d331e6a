using QuantGen.Execution;
using QuantGen.Linear;
using QuantGen.Packed;
using QuantGen.Specs;

namespace QuantGen.Tests.Execution;

/// <summary>Phases in which every item adds up all results of the phase before, so that any item that runs early, late or twice changes the end.</summary>
internal sealed class TeamProgram(int phases, int items) : IEncoderProgram
{
    private readonly long[] _cells = new long[(phases + 1) * items];
    private readonly int[] _runs = new int[phases * items];

    /// <summary>Gets or sets what else happens in an item: phase, item, worker.</summary>
    public Action<int, int, int>? Also { get; set; }

    public ModelSpec Spec => throw new InvalidOperationException("A team does not look at the model.");

    public string InstructionSet => "none";

    public int MaxSequenceLength => 4;

    public int MaxBatchTokens => 16;

    public int MaxItemTokens => 8;

    public long WeightBytes => 64;

    public long SharedBytes { get; init; } = 64;

    public long WorkerBytes => 64;

    public long HiddenOffset => 0;

    public long OutputOffset => 0;

    public int PhaseCount => phases;

    /// <summary>Gets how often each item ran since the last <see cref="Reset"/>.</summary>
    public IReadOnlyList<int> Runs => _runs;

    /// <summary>Gets the results of the last phase.</summary>
    public long[] Results => _cells[(phases * items)..];

    public void Reset() => Array.Clear(_runs);

    public void PlaceWeights(PackedModel model, WeightArena arena)
    {
    }

    public int ItemCount(int phase, ForwardPass pass) => items;

    public void RunItem(int phase, int item, int worker, ForwardPass pass)
    {
        Also?.Invoke(phase, item, worker);
        Interlocked.Increment(ref _runs[(phase * items) + item]);
        long sum = item + 1;
        for (int i = 0; i < items; i++)
        {
            sum += _cells[(phase * items) + i];
        }

        _cells[((phase + 1) * items) + item] = sum % 1_000_003;
    }
}
