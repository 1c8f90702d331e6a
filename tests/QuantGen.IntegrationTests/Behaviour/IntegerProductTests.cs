using System.Reflection;
using System.Runtime.CompilerServices;
using QuantGen.Execution;
using QuantGen.Quantization;
using QuantGen.Specs;
using QuantGen.TestModels;

namespace QuantGen.IntegrationTests.Behaviour;

/// <summary>Quantized matrices are multiplied as codes: each has the kernel of its width and, with codebooks either, no room for float weights.</summary>
public sealed class IntegerProductTests
{
    private const int Alignment = 64;

    [Fact]
    public void Each_kernel_that_a_model_uses_exists_once_and_no_other()
    {
        IEnumerable<ModelSpec> specs =
            TestModel.Types.Select(type => type.GetProperty("Spec", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)).Cast<ModelSpec>();
        IEnumerable<string> used =
            specs.SelectMany(spec => spec.Matrices.SelectMany(matrix => matrix.Segments().SelectMany(segment => Kernels(spec, matrix, segment.Bits))));

        Assert.Equal(used.Distinct().Order(), TestModel.Kernels.Select(kernel => kernel.Name).Order());
    }

    [Theory]
    [ClassData(typeof(ModelNames))]
    public void Weights_take_the_memory_of_their_codes(string name)
    {
        TestModel model = TestModel.Named(name);
        var ofMatrices = model.Spec.Matrices
            .SelectMany(
                matrix =>
                    (string[])[
                        matrix.Name + ".codes", matrix.Name + ".scales", matrix.Name + ".codebook", matrix.Name + ".zero_points", matrix.Name + ".weight",
                        matrix.Name + ".bias", matrix.Name + ".centers"])
            .ToHashSet();
        long expected = 0;
        foreach (TensorSpec tensor in PackedLayout.Packed(model.Spec).Where(t => !ofMatrices.Contains(t.Name)))
        {
            if (model.Spec.IsInteger)
            {
                expected += Pad(IntegerBytes(model.Spec, tensor), Alignment);
                continue;
            }

            // Zero points of calibrated ranges are bytes in the file and integers in memory.
            expected += Pad(tensor.Name.EndsWith(".input_zero_point", StringComparison.Ordinal) ? tensor.Count * 4 : tensor.Bytes, Alignment);
        }

        foreach (MatrixSpec matrix in model.Spec.Matrices)
        {
            expected += matrix.Segments().Sum(segment => Bytes(model.Spec, matrix, segment));
        }

        Assert.Equal(expected, model.Program.WeightBytes);
    }

    [Theory]
    [ClassData(typeof(ModelNames))]
    public void The_session_names_the_instruction_set_of_the_program(string name)
    {
        TestModel model = TestModel.Named(name);
        using InferenceSession session = model.Load();

        Assert.Equal(model.Program.InstructionSet, session.InstructionSet);
        Assert.NotEmpty(session.InstructionSet);
    }

    // Labels of a codebook are looked up for a full-precision kernel.
    private static string[] Kernels(ModelSpec spec, MatrixSpec matrix, int bits) => bits == 32 ? ["F32"]
        : spec.ActivationBits == 1 ? ["W1A1"]
        : matrix.HasCodebook ? [$"W{bits}Codebook", "F32"]
        : [$"W{bits}{(matrix.Mapping == Mapping.Asymmetric ? "Asymmetric" : "")}{(matrix.GroupSize > 0 ? "Grouped" : "")}"
            + $"{(spec.IsInteger ? "Integer" : "")}{(matrix.Mapping == Mapping.Offset ? "Offset" : "")}"];

    // Rows are padded to 32 and inputs to 32; as indices of tables, twelve one-bit weights take two bytes; a scale, a sum and perhaps a zero point per row and
    // group, a bias per row and, below 8 bits, a depth.
    private static long Bytes(ModelSpec spec, MatrixSpec matrix, RowSegment segment)
    {
        if (segment.Bits == 32)
        {
            long rows = Pad(segment.Rows, 16);
            return Pad(rows * matrix.Columns * 4, Alignment) + Pad(rows * 4, Alignment);
        }

        if (matrix.HasCodebook)
        {
            // Words of 32 bits with whole labels, a table of 32 numbers, a bias per row.
            long outputs = Pad(segment.Rows, 16);
            int perWord = 32 / segment.Bits;
            return Pad(outputs * (Pad(matrix.Columns, perWord) / perWord) * 4, Alignment) + Pad(32 * 4, Alignment) + Pad(outputs * 4, Alignment);
        }

        if (spec.ActivationBits == 1)
        {
            // Rows are padded to 64; a byte for six inputs, in fours; a scale, a sum and a bias per row.
            long rows = Pad(segment.Rows, 64);
            return Pad(rows * Pad(matrix.Columns, 24) / 6, Alignment) + (3 * Pad(rows * 4, Alignment));
        }

        long padded = Pad(segment.Rows, 32);
        int groups = matrix.GroupSize == 0 ? 1 : (matrix.Columns + matrix.GroupSize - 1) / matrix.GroupSize;
        long inputs = Pad(matrix.Columns, 32);
        long codes = inputs * segment.Bits / 8;

        // Of eight bits a word for 24 weights, for what is clipped.
        long clipped = segment.Bits == 8 && matrix.GroupSize == 0 ? 4 * (padded * inputs / 24) : 0;
        long indices = segment.Bits <= 2 && matrix.GroupSize == 0 ? 2 * segment.Bits * Pad(inputs, 12) / 12 : 0;
        if (spec.IsInteger)
        {
            // A multiplier and a sum, a summand of 64 bits and perhaps a depth per row, and a shift.
            return Pad((padded * Math.Max(codes, indices)) + clipped, Alignment)
                + ((segment.Bits < 8 ? 3 : 2) * Pad(padded * 4, Alignment)) + Pad(padded * 8, Alignment) + Alignment;
        }

        int parameters = matrix.Mapping == Mapping.Symmetric ? 2 : 3;
        return Pad((padded * Math.Max(codes, indices)) + clipped, Alignment)
            + (parameters * Pad(padded * groups * 4, Alignment))
            + ((segment.Bits < 8 ? 2 : 1) * Pad(padded * 4, Alignment));
    }

    // Multipliers have their shift behind them. Of ranges those of inputs and of queries have constants, with which keys and values need none.
    private static long IntegerBytes(ModelSpec spec, TensorSpec tensor)
    {
        bool isShared = tensor.Name.EndsWith("LayerNorm.weight", StringComparison.Ordinal) || tensor.Name == PackedLayout.WordEmbedding + ".scales"
            || tensor.Name == spec.OutputLayerName + ".weight";
        return tensor.Name.EndsWith(".input_zero_point", StringComparison.Ordinal) ? 0
            : !tensor.Name.EndsWith(".input_scale", StringComparison.Ordinal) ? tensor.Bytes + (isShared ? 4 : 0)
            : tensor.Name.Contains(".query.output", StringComparison.Ordinal) ? Unsafe.SizeOf<FixedScores>()
            : tensor.Name.Contains(".output.input", StringComparison.Ordinal) ? 0
            : Unsafe.SizeOf<FixedCodes>();
    }

    private static long Pad(long count, long multiple) => (count + multiple - 1) / multiple * multiple;
}
