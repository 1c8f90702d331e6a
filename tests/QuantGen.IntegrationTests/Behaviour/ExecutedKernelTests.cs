using QuantGen.Execution;
using QuantGen.Linear;
using QuantGen.Specs;
using QuantGen.TestModels;

namespace QuantGen.IntegrationTests.Behaviour;

/// <summary>What is called 2-bit is executed at 2 bits: every product that ran is counted by the bits of its weights.</summary>
public sealed class ExecutedKernelTests
{
    [Theory]
    [ClassData(typeof(ModelNames))]
    public void Every_matrix_is_multiplied_by_the_kernel_of_its_bits_and_by_no_other(string name)
    {
        TestModel model = TestModel.Named(name);
        TokenBatch batch = TokenBatch.OfAllLengths(9);
        using InferenceSession session = model.Load();
        var executed = new SortedDictionary<int, long>();

        ProductTrace.Listener = (_, bits, rows, columns, tokens) => Add(executed, bits, (long)rows * columns * tokens);
        try
        {
            batch.Run(session, new CallOptions { Threads = 1 });
        }
        finally
        {
            ProductTrace.Listener = null;
        }

        var expected = new SortedDictionary<int, long>();
        foreach (MatrixSpec matrix in model.Spec.Matrices)
        {
            int rowsOfTokens = Executions(model.Spec, matrix.Name, batch);
            foreach (RowSegment segment in matrix.Segments())
            {
                int columns = segment.Bits == 32 ? matrix.Columns : KernelOrder.Pad(matrix.Columns, KernelOrder.ColumnMultiple);
                Add(expected, segment.Bits, (long)segment.Rows * columns * rowsOfTokens);
            }
        }

        Assert.Equal(expected, executed);
    }

    // Under a pooled head the last layer computes only keys and values of all tokens, the rest of first tokens.
    private static int Executions(ModelSpec spec, string matrix, TokenBatch batch)
    {
        int sequences = batch.Lengths.Length;
        if (matrix == "pooler.dense")
        {
            return sequences;
        }

        int tokens = batch.Ids.Length;
        if (!matrix.StartsWith("encoder.layer.", StringComparison.Ordinal))
        {
            return tokens;
        }

        bool isLast = matrix.StartsWith($"encoder.layer.{spec.BlockCount - 1}.", StringComparison.Ordinal);
        bool isForAll = matrix.EndsWith(".key", StringComparison.Ordinal) || matrix.EndsWith(".value", StringComparison.Ordinal);
        return (spec.UsesPerBlock * tokens) - (spec.HasPooler && isLast && !isForAll ? tokens - sequences : 0);
    }

    private static void Add(SortedDictionary<int, long> counts, int bits, long products) =>
        counts[bits] = counts.TryGetValue(bits, out long before) ? before + products : products;
}
