using QuantGen.Trainable.Kernels;

namespace QuantGen.Trainable;

/// <summary>The four places where attention quantizes its operands.</summary>
/// <param name="query">Queries.</param>
/// <param name="key">Keys.</param>
/// <param name="value">Values.</param>
/// <param name="probabilities">Probabilities, after dropout.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class AttentionSites(TrainableSite query, TrainableSite key, TrainableSite value, TrainableSite probabilities)
{
    internal const int Count = 4;

    private readonly TrainableSite[] _sites = [query, key, value, probabilities];

    // As the last forward pass quantized: ranges that move at its end are those of the next.
    private readonly TrainedOperands[] _operands = new TrainedOperands[probabilities.Uses];
    private float[] _part = [];

    /// <summary>Sets or moves the ranges of query, key and value, and returns how this pass quantizes.</summary>
    internal TrainedOperands Begin(TrainingPass pass, float[] projected, int hiddenSize, int use, float scale)
    {
        if (pass.IsRepeated)
        {
            return _operands[use];
        }

        for (int i = 0; i < 3 && _sites[0].Observes(pass.Purpose); i++)
        {
            FloatBuffers.Reserve(ref _part, (long)pass.Tokens * hiddenSize);
            for (int token = 0; token < pass.Tokens; token++)
            {
                projected.AsSpan(((3 * token) + i) * hiddenSize, hiddenSize).CopyTo(_part.AsSpan(token * hiddenSize));
            }

            _sites[i].Observe(pass, _part, (long)pass.Tokens * hiddenSize, use);
        }

        _sites[3].Expect(pass.Purpose, use);
        return _operands[use] = pass.IsQuantized
            ? new(_sites[0].Operand(use), _sites[1].Operand(use), _sites[2].Operand(use), _sites[3].Operand(use), scale)
            : default;
    }

    /// <summary>Sets or moves the range of probabilities.</summary>
    internal void End(TrainingPass pass, float[] values, int count, int use) => _sites[3].Observe(pass, values, count, use);

    /// <summary>Gets how the last forward pass quantized.</summary>
    internal TrainedOperands Operands(int use) => _operands[use];

    /// <summary>Adds up what each head of each sequence found, in their order.</summary>
    internal void AddThresholdGradients(TrainingPass pass, ReadOnlySpan<double> parts, long hiddenElements, long scoreElements, int use)
    {
        for (int i = 0; i < Count; i++)
        {
            _sites[i].AddThresholdGradient(pass, parts[i..], Count, use, i == 3 ? scoreElements : hiddenElements);
        }
    }
}
