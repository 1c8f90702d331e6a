using QuantGen.Graph;
using QuantGen.Kernels;
using QuantGen.Lanes;
using QuantGen.Packed;

namespace QuantGen.Rounding;

/// <summary>Attention of ranges as they are, in plain loops.</summary>
internal static class RoundedReferenceAttention
{
    /// <summary>Computes the contexts of a sequence.</summary>
    public static float[][] Run(PackedModel model, AttentionNode attention, float[][] query, float[][] key, float[][] value)
    {
        int bits = model.Spec.AttentionBits;
        float Number(int operand, string name) => model.Floats(attention.Operands[operand] + name)[0];
        ActivationParameters Range(int operand) =>
            ActivationParameters.FromCenter(Number(operand, PackedNames.InputScale), Number(operand, PackedNames.InputCenter), bits);
        ActivationParameters probability = ActivationParameters.FromScale(Number(3, PackedNames.InputScale), 0, bits);
        ActivationParameters denominators = RoundedReference.RangeOf(model, attention.Name, 0, bits);
        var operands = new AttentionOperands(Range(0), Range(1), Range(2), probability, AttentionOperands.InverseRoot(attention.HeadSize));
        int[][] q = Codes(query, operands.Query);
        int[][] k = Codes(key, operands.Key);
        int[][] v = Codes(value, operands.Value);
        float[][] contexts = [.. query.Select(_ => new float[attention.Columns])];
        for (int head = 0; head < attention.Heads; head++)
        {
            int first = head * attention.HeadSize;
            int end = first + attention.HeadSize;
            for (int i = 0; i < query.Length; i++)
            {
                float[] scores = Array.ConvertAll(k, row => (Product(q[i][first..end], row[first..end]) * operands.ScoreFactor)
                    + (row[first..end].Sum() * operands.KeyFactor));
                float largest = scores.Max();
                float[] numerators = Array.ConvertAll(scores, score => Numerator(score - largest, denominators.Highest));
                float factor = RoundedSoftmax.Factor(numerators.Sum(), denominators);
                int[] weights = Array.ConvertAll(numerators, numerator => (int)probability.Code(numerator * factor));
                for (int d = first; d < end; d++)
                {
                    contexts[i][d] = (Product(weights, Array.ConvertAll(v, row => row[d])) * operands.ContextFactor)
                        + (weights.Sum() * operands.ValueTerm);
                }
            }
        }

        return contexts;
    }

    private static int[][] Codes(float[][] rows, ActivationParameters range) =>
        Array.ConvertAll(rows, row => Array.ConvertAll(row, x => range.Code(x) - range.ZeroPoint));

    private static int Product(int[] left, int[] right) => left.Zip(right, (x, y) => x * y).Sum();

    private static float Numerator(float exponent, int highest) =>
        MathF.Round(Exponential.Compute(LanesScalar.Broadcast(exponent))[0] * highest, MidpointRounding.ToEven);
}
