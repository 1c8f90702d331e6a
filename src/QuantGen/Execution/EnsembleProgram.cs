using QuantGen.Graph;
using QuantGen.Linear;
using QuantGen.Packed;
using QuantGen.Specs;

namespace QuantGen.Execution;

/// <summary>The code of one model for all members of an ensemble: a phase has the items of every member, so that members wait for each other no more often
/// than a model alone waits.</summary>
/// <remarks>
/// What members share, the steps before the first layer and maybe some layers, is computed once, for the first member. It ends in the phase that begins the
/// first layer of their own, whose items do all members' work on the same tokens. Later, workers take items
/// of one member after the other, so that each mostly meets the same member's weights again in its own cache (3% of the time of
/// two members of BERT-base on two processors); one worker alone finishes a member first, whose weights its next item then finds.
/// </remarks>
/// <param name="program">The code of the model.</param>
/// <param name="members">How many members there are.</param>
/// <param name="sharedLayers">How many layers they share; fewer than there are.</param>
internal sealed class EnsembleProgram(IEncoderProgram program, int members, int sharedLayers) : IEncoderProgram
{
    private readonly int _ownPhase = PhaseList.Beginning(sharedLayers);

    public int SharedLayers => sharedLayers;

    public ModelSpec Spec => program.Spec;

    public string InstructionSet => program.InstructionSet;

    public IReadOnlyList<string> Labels => program.Labels;

    public int MaxSequenceLength => program.MaxSequenceLength;

    public int MaxBatchTokens => program.MaxBatchTokens;

    public int MaxItemTokens => program.MaxItemTokens;

    public long WeightBytes => program.WeightBytes;

    public long SharedBytes => program.SharedBytes;

    public IReadOnlyList<TokenBuffer> TokenBuffers => program.TokenBuffers;

    public long WorkerBytes => program.WorkerBytes;

    public long HiddenOffset => program.HiddenOffset;

    public long OutputOffset => program.OutputOffset;

    public int PhaseCount => program.PhaseCount;

    public void PlaceWeights(PackedModel model, WeightArena arena) => program.PlaceWeights(model, arena);

    public int ItemCount(int phase, ForwardPass pass) => program.ItemCount(phase, pass) * (phase <= _ownPhase ? 1 : members);

    public void RunItem(int phase, int item, int worker, ForwardPass pass)
    {
        if (phase > _ownPhase)
        {
            int items = program.ItemCount(phase, pass);
            (int own, int member) = pass.WorkerCount > 1 ? Math.DivRem(item, members) : (item % items, item / items);
            program.RunItem(phase, own, worker, pass.Member(member));
            return;
        }

        for (int member = 0; member < (phase < _ownPhase ? 1 : members); member++)
        {
            program.RunItem(phase, item, worker, pass.Member(member));
        }
    }
}
