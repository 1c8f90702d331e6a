using QuantGen.Trainable;

namespace QuantGen.Training.Optimization;

/// <summary>A parameter that an optimizer changes, with its moments.</summary>
/// <param name="parameter">The parameter.</param>
internal sealed class AdamParameter(Parameter parameter)
{
    // Batches use few words, and trainings seldom all.
    private readonly TouchedBlocks? _touched = parameter.Kind == ParameterKind.Embedding ? new TouchedBlocks(parameter.Values.Length) : null;

    public Parameter Parameter => parameter;

    /// <summary>Gets the running means of gradients.</summary>
    public float[] First { get; } = new float[parameter.Values.Length];

    /// <summary>Gets the running means of squared gradients.</summary>
    public float[] Second { get; } = new float[parameter.Values.Length];

    /// <summary>Takes the moments as those of the steps so far.</summary>
    public void Resume()
    {
        for (int at = 0; _touched is not null && at < First.Length; at += FixedChunks.Size)
        {
            int length = Math.Min(FixedChunks.Size, First.Length - at);
            _touched.Add(First.AsSpan(at, length), at);
            _touched.Add(Second.AsSpan(at, length), at);
        }
    }

    /// <summary>Returns the sum of the squared gradients of a chunk, of which every step takes note before it moves the chunk.</summary>
    /// <param name="first">The chunk's first element.</param>
    /// <param name="length">Its elements.</param>
    public double SumOfSquares(int first, int length)
    {
        ReadOnlySpan<float> gradients = parameter.Gradients.AsSpan(first, length);
        double sum = AdamKernel.SumOfSquares(gradients);
        _touched?.Add(gradients, first);
        return sum;
    }

    /// <summary>Changes a chunk by its gradients and clears them.</summary>
    /// <remarks>
    /// What never had a gradient is multiplied by what decay leaves, and by nothing where that is 1. To the bit this is what the whole step does where
    /// <see cref="AdamCoefficients.OnlyDecayWithoutGradients"/> says so.
    /// </remarks>
    /// <param name="first">The chunk's first element.</param>
    /// <param name="length">Its elements.</param>
    /// <param name="coefficients">The numbers of the step.</param>
    public void Move(int first, int length, in AdamCoefficients coefficients)
    {
        int end = first + length;
        for (int at = first; at < end;)
        {
            bool isTouched = true;
            int next = _touched is null ? end : _touched.RunEnd(at, end, out isTouched);
            Span<float> values = parameter.Values.AsSpan(at, next - at);
            if (isTouched)
            {
                AdamKernel.Step(
                    values, parameter.Gradients.AsSpan(at, next - at), First.AsSpan(at, next - at), Second.AsSpan(at, next - at), coefficients);
            }
            else if (coefficients.Kept != 1f)
            {
                RowScaling.Multiply(ref values[0], values.Length, coefficients.Kept);
            }

            at = next;
        }
    }

    /// <summary>Prepares for a step: with numbers that are not those of a usual one, all elements take part in it from then on.</summary>
    /// <param name="coefficients">The numbers of the step.</param>
    public void Begin(in AdamCoefficients coefficients)
    {
        if (_touched is not null && !coefficients.OnlyDecayWithoutGradients())
        {
            _touched.AddAll();
        }
    }
}
