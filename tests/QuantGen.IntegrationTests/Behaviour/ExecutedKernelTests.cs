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
            foreach (RowSegment segment in matrix.Segments())
            {
                Add(expected, ExecutedTokens.ExecutedBits(matrix, segment), ExecutedTokens.MultiplyAdds(model.Spec, matrix, segment, batch));
            }
        }

        Assert.Equal(expected, executed);
    }

    private static void Add(SortedDictionary<int, long> counts, int bits, long products) =>
        counts[bits] = counts.TryGetValue(bits, out long before) ? before + products : products;
}
