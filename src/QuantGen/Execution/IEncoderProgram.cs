using QuantGen.Linear;
using QuantGen.Packed;
using QuantGen.Specs;

namespace QuantGen.Execution;

/// <summary>The code generated for one model: shapes, memory plan and kernels are constants of it. Implemented only by generated code.</summary>
/// <remarks>
/// A forward pass is a fixed list of phases. Each phase is a number of items that may run in any order and on any worker; the next phase starts
/// when all are done. Items are ranges of tokens, or one head of one sequence, so that results do not depend on who runs what.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IEncoderProgram
{
    /// <summary>Gets the model the code was generated for.</summary>
    ModelSpec Spec { get; }

    /// <summary>Gets the name of the instruction set its kernels use on this machine, such as <c>AVX-512BW</c>.</summary>
    string InstructionSet { get; }

    /// <summary>Gets the labels that the attribute sets, in the order of the head's outputs; empty when those of the packed file count.</summary>
    IReadOnlyList<string> Labels => [];

    /// <summary>Gets the longest sequence of the memory plan, in tokens.</summary>
    int MaxSequenceLength { get; }

    /// <summary>Gets the most tokens of one pass.</summary>
    int MaxBatchTokens { get; }

    /// <summary>Gets the most tokens of one item of a phase over tokens, which the buffers of a worker are made for.</summary>
    int MaxItemTokens { get; }

    /// <summary>Gets the bytes of all weights in the kernels' own order.</summary>
    long WeightBytes { get; }

    /// <summary>Gets the bytes of the buffers that all workers of a pass share.</summary>
    long SharedBytes { get; }

    /// <summary>
    /// Gets the buffers that all workers share, so that memory is taken only for the tokens of a batch; empty when every batch uses all
    /// <see cref="SharedBytes"/>.
    /// </summary>
    IReadOnlyList<TokenBuffer> TokenBuffers => [];

    /// <summary>Gets the bytes of the buffers of one worker.</summary>
    long WorkerBytes { get; }

    /// <summary>Gets the place of the last hidden states in the shared buffers: <c>[tokens, hidden size]</c> floats, or integers of a model without
    /// floats.</summary>
    long HiddenOffset { get; }

    /// <summary>Gets the place of the head's outputs in the shared buffers: <c>[sequences or tokens, outputs]</c> floats, or integers of a model without
    /// floats.</summary>
    long OutputOffset { get; }

    /// <summary>Gets the number of phases of a forward pass.</summary>
    int PhaseCount { get; }

    /// <summary>Copies the weights from a packed file into the kernels' own order.</summary>
    /// <param name="model">A file made for <see cref="Spec"/>.</param>
    /// <param name="arena">Memory of <see cref="WeightBytes"/> bytes.</param>
    void PlaceWeights(PackedModel model, WeightArena arena);

    /// <summary>Gets the number of items of a phase.</summary>
    /// <param name="phase">From 0 to <see cref="PhaseCount"/> - 1.</param>
    /// <param name="pass">The batch.</param>
    int ItemCount(int phase, ForwardPass pass);

    /// <summary>Runs one item of a phase.</summary>
    /// <param name="phase">From 0 to <see cref="PhaseCount"/> - 1.</param>
    /// <param name="item">From 0 to the phase's item count - 1.</param>
    /// <param name="worker">Which worker's buffers to use.</param>
    /// <param name="pass">The batch.</param>
    void RunItem(int phase, int item, int worker, ForwardPass pass);
}
