using QuantGen.Kernels;
using QuantGen.Trainable.Kernels;

namespace QuantGen.Trainable;

/// <summary>A layer normalization behind dropout and a residual, with its gradients.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class TrainableNorm
{
    private readonly float _epsilon;

    internal TrainableNorm(Parameter weight, Parameter bias, float epsilon)
    {
        Weight = weight;
        Bias = bias;
        _epsilon = epsilon;
    }

    /// <summary>Gets the factors.</summary>
    public Parameter Weight { get; }

    /// <summary>Gets the summands.</summary>
    public Parameter Bias { get; }

    private int Columns => Weight.Shape[0];

    /// <summary>Computes LayerNorm(dropout(sum) + residual) for every token.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="sum">What is dropped and added; becomes what is normalized, which the backward pass reads.</param>
    /// <param name="residual">What is added to it.</param>
    /// <param name="dropout">The number of the dropout.</param>
    /// <param name="output">Receives the result.</param>
    public void Forward(TrainingPass pass, float[] sum, float[] residual, int dropout, float[] output) => pass.Team.Run(
        new AddAndNormalize(this, pass.TokenRows, sum, residual, pass.Mask(pass.HiddenDropout, dropout), output),
        TrainingPass.Items(pass.Tokens, TrainingPass.TokensPerItem));

    /// <summary>Computes LayerNorm(input) for every token.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="input">What is normalized.</param>
    /// <param name="output">Receives the result.</param>
    public void Forward(TrainingPass pass, PassRows rows, float[] input, float[] output) => pass.Team.Run(
        new AddAndNormalize(this, rows, input, null, default, output), TrainingPass.Items(rows.Count, TrainingPass.TokensPerItem));

    /// <summary>Turns gradients of the result into those of what was normalized, and adds those of factors and summands that learn.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="input">What was normalized.</param>
    /// <param name="gradient">The gradients.</param>
    public void Backward(TrainingPass pass, PassRows rows, float[] input, float[] gradient)
    {
        pass.Partial.Reserve(2L * rows.Groups * Columns);
        pass.Team.Run(new Gradients(this, rows, input, gradient, pass.Partial), rows.Groups);

        // Sums of groups, which no number of threads changes, in the order of the rows.
        for (int group = 0; group < rows.Groups; group++)
        {
            Add(Weight, ref PartialSums(pass.Partial, 2 * group));
            Add(Bias, ref PartialSums(pass.Partial, (2 * group) + 1));
        }
    }

    private static void Add(Parameter parameter, ref float sums)
    {
        if (!parameter.IsFrozen)
        {
            RowScaling.Add(ref parameter.Gradients[0], parameter.Gradients.Length, ref sums);
        }
    }

    private ref float PartialSums(AlignedFloats partial, int index) => ref System.Runtime.CompilerServices.Unsafe.Add(ref partial.First, index * (nint)Columns);

    private readonly struct AddAndNormalize(TrainableNorm norm, PassRows rows, float[] sum, float[]? residual, DropoutMask mask, float[] output) : ITeamJob
    {
        public void Run(int item, int worker)
        {
            int columns = norm.Columns;
            int first = item * TrainingPass.TokensPerItem;
            int last = Math.Min(first + TrainingPass.TokensPerItem, rows.Count);
            for (int token = first; token < last; token++)
            {
                long at = (long)token * columns;
                ref float row = ref sum.At(at);
                if (!mask.IsEmpty)
                {
                    mask.Apply(ref row, ref row, at + ((long)rows.Before * columns), columns);
                }

                if (residual is not null)
                {
                    RowScaling.Add(ref row, columns, ref residual.At(at));
                }

                LayerNorm.Normalize(ref row, ref norm.Weight.Values[0], ref norm.Bias.Values[0], norm._epsilon, columns, ref output.At(at));
            }
        }
    }

    private readonly struct Gradients(TrainableNorm norm, PassRows rows, float[] input, float[] gradient, AlignedFloats partial) : ITeamJob
    {
        public void Run(int item, int worker)
        {
            int columns = norm.Columns;
            (int first, int count) = rows.Group(item);
            ref float factors = ref norm.PartialSums(partial, 2 * item);
            ref float summands = ref norm.PartialSums(partial, (2 * item) + 1);
            System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref factors, 2 * columns).Clear();
            LayerNormGradient.Run(
                ref input.At((long)first * columns), ref norm.Weight.Values[0], norm._epsilon, columns, count, ref gradient.At((long)first * columns),
                ref factors, ref summands);
        }
    }
}
