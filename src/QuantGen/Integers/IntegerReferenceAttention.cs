using QuantGen.Graph;
using QuantGen.Quantization;

namespace QuantGen.Integers;

/// <summary>Attention in plain loops.</summary>
internal static class IntegerReferenceAttention
{
    /// <summary>Computes the contexts of a sequence.</summary>
    public static int[][] Run(AttentionNode attention, FixedScores scores, int[][] query, int[][] key, int[][] value)
    {
        int[][] contexts = [.. query.Select(_ => new int[attention.Columns])];
        for (int head = 0; head < attention.Heads; head++)
        {
            int first = head * attention.HeadSize;
            for (int i = 0; i < query.Length; i++)
            {
                int[] products = Array.ConvertAll(key, row => Product(query[i], row, first, attention.HeadSize));
                int largest = products.Max();
                int[] weights = Array.ConvertAll(products, product => scores.Weight(largest - product));
                int factor = FixedScores.Factor(weights.Sum());
                for (int d = first; d < first + attention.HeadSize; d++)
                {
                    int sum = 0;
                    for (int j = 0; j < weights.Length; j++)
                    {
                        sum += weights[j] * FixedPoint.Operand(value[j][d]);
                    }

                    contexts[i][d] = FixedScores.Context(sum, factor);
                }
            }
        }

        return contexts;
    }

    private static int Product(int[] query, int[] key, int first, int count)
    {
        int sum = 0;
        for (int d = first; d < first + count; d++)
        {
            sum += FixedPoint.Operand(query[d]) * FixedPoint.Operand(key[d]);
        }

        return sum;
    }
}
