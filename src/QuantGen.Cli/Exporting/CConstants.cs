using System.Globalization;
using QuantGen.Graph;
using QuantGen.Integers;
using QuantGen.Kernels;
using QuantGen.Packed;
using QuantGen.Quantization;
using QuantGen.Specs;

namespace QuantGen.Cli.Exporting;

/// <summary>Writes a model's numbers as C arrays, folded by the definitions that inference folds them by.</summary>
/// <param name="model">The packed file of a model of integers.</param>
/// <param name="maxTokens">The longest sequence.</param>
internal sealed class CConstants(PackedModel model, int maxTokens)
{
    private readonly IntegerScales _scales = new(model);

    /// <summary>Gets the constants of the arithmetic that functions refer to.</summary>
    public static IEnumerable<(string Name, int Value)> Arithmetic =>
    [
        ("STATE_BITS", FixedPoint.StateBits), ("STATE_LIMIT", FixedPoint.StateLimit), ("TERM_LIMIT", FixedPoint.TermLimit),
        ("ARGUMENT_LIMIT", FixedPoint.ArgumentLimit), ("OPERAND_LIMIT", FixedPoint.OperandLimit), ("CONTEXT_BITS", FixedPoint.ContextBits),
        ("CONTEXT_SHIFT", FixedScores.ContextShift), ("MOST_SHIFT", Dyadic.MostShift), ("NORM_RATIO_BITS", FixedNorm.RatioBits),
        ("NORM_SHIFT_BITS", FixedNorm.ShiftBits),
        ("EXP_HALVING", FixedExponential.Halving), ("EXP_FACTOR", FixedExponential.Factor), ("EXP_ONE", FixedExponential.One),
        ("EXP_LIMIT", FixedExponential.Limit), ("EXP_RECIPROCAL", FixedExponential.Reciprocal),
        ("EXP_RECIPROCAL_SHIFT", FixedExponential.ReciprocalShift), ("EXP_WEIGHT_SHIFT", FixedExponential.WeightShift), ("GELU_SHIFT", FixedGelu.Shift),
        ("GELU_SUMMAND", FixedGelu.Summand), ("GELU_ERF_SHIFT", FixedGelu.ErfShift), ("GELU_ONE", FixedGelu.One),
    ];

    /// <summary>Writes the embeddings and the function that adds them.</summary>
    public void Embeddings(TextWriter to)
    {
        ModelConfig d = model.Spec.Dimensions;
        int columns = d.EmbeddingSize;
        bool hasTypes = model.Spec.Graph.Words.Types > 0;
        CText.Array(to, "int32_t", "positions", Rounded(PackedLayout.PositionEmbedding, maxTokens * columns));
        if (hasTypes)
        {
            CText.Array(to, "int32_t", "types_of_tokens", Rounded(PackedLayout.TypeEmbedding, d.TypeVocabularySize * columns));
        }

        string word = "words[(size_t)id * COLUMNS + (size_t)i]";
        string open = string.Empty;
        if (model.Spec.HasQuantizedEmbedding)
        {
            IntegerWords words = IntegerWords.Of(model);
            CText.Array(to, "uint8_t", "words", model.Codes(PackedLayout.WordEmbedding).ToArray());
            CText.Array(to, "int32_t", "word_multipliers", words.Multipliers);
            int bits = model.Spec.EmbeddingBits;
            open = $"    stream codes = {{ words + (size_t)id * {MatrixSpec.RowBytes(columns, bits)}, 0, 0 }};\n";
            word = FormattableString.Invariant(
                $"low(shifted((int64_t)centered_code(&codes, {bits}) * word_multipliers[id] + {1 << (words.Shift - 1)}, {words.Shift}))");
        }
        else
        {
            CText.Array(to, "int32_t", "words", Rounded(PackedLayout.WordEmbedding, d.VocabularySize * columns));
        }

        string type = hasTypes ? "types_of_tokens[type * COLUMNS + i] + " : string.Empty;
        to.Write(
            $$"""

            static void embed(int32_t id, int32_t type, int32_t position, int32_t *output)
            {
            {{open}}    int32_t i;
            {{(hasTypes ? string.Empty : "    (void)type;\n")}}    for (i = 0; i < COLUMNS; i++) {
                    output[i] = added({{word}},
                        {{type}}positions[position * COLUMNS + i]);
                }
            }


            """.ReplaceLineEndings("\n").Replace("COLUMNS", Number(columns), StringComparison.Ordinal));
    }

    /// <summary>Writes what one step needs.</summary>
    public void Step(TextWriter to, Node node)
    {
        switch (node)
        {
            case LinearNode { IsQuantizable: true } linear:
                Matrix(to, model.Spec.Matrix(linear.Name));
                break;
            case LinearNode output:
                Output(to, output);
                break;
            case NormNode norm:
                Norm(to, norm);
                break;
            case AttentionNode attention:
                FixedScores scores = FixedScores.Of(
                    _scales.Range(attention.Operands[0]).Scale, _scales.Range(attention.Operands[1]).Scale, attention.HeadSize);
                to.Write($"static const scores {CText.Name(attention.Name)}_scores = {{ {Numbers(scores.Multiplier, scores.Shift, scores.Limit)} }};\n");
                break;
        }
    }

    /// <summary>Writes how what some linear layers read becomes codes.</summary>
    public void Site(TextWriter to, LinearNode linear)
    {
        ActivationParameters range = _scales.Range(linear.Site);
        FixedCodes codes = FixedCodes.Of(_scales.InputOf(linear.Name), range.Scale, range.ZeroPoint, range.Lowest, range.Highest);
        string numbers = Numbers(codes.Multiplier, codes.Shift, codes.Limit, codes.Low, codes.High, codes.ZeroPoint);
        to.Write($"static const site {CText.Name(linear.Site)}_codes = {{ {numbers} }};\n");
    }

    // A layer with several widths is several runs of rows, whose outputs are put in order.
    private void Matrix(TextWriter to, MatrixSpec matrix)
    {
        string name = CText.Name(matrix.Name);
        long skipped = 0;
        ReadOnlySpan<byte> codes = model.Codes(matrix.Name);
        var runs = new List<string>();
        foreach (RowSegment rows in matrix.Segments())
        {
            int length = MatrixSpec.RowBytes(matrix.Columns, rows.Bits);
            int[] sums = [.. Enumerable.Range(0, rows.Rows).Select(row => IntegerCodes.Row(model, matrix, rows, row).Sum(code => (int)code))];
            IntegerLinear constants = IntegerLinear.Of(model, _scales, matrix, rows, sums);
            string run = name + "_" + Number(runs.Count);
            CText.Array(to, "uint8_t", run + "_weights", codes.Slice(checked((int)skipped), rows.Rows * length).ToArray());
            CText.Array(to, "int32_t", run + "_multipliers", constants.Multipliers);
            CText.Array(to, "int64_t", run + "_summands", constants.Summands);
            string order = "0";
            if (matrix.IsMixed)
            {
                order = run + "_order";
                CText.Array(to, "int32_t", order, matrix.StoredRows().Skip(rows.FirstRow).Take(rows.Rows));
            }

            string shape = Numbers(rows.Rows, matrix.Columns, rows.Bits, constants.Shift);
            runs.Add($"    {{ {run}_weights, {run}_multipliers, {run}_summands, {order}, {shape} }}");
            skipped += (long)rows.Rows * length;
        }

        to.Write($"static const matrix {name}[] = {{\n{string.Join(",\n", runs)}\n}};\n");
    }

    private void Norm(TextWriter to, NormNode node)
    {
        IntegerNorm norm = IntegerNorm.Of(model, node.Name);
        string name = CText.Name(node.Name);
        CText.Array(to, "int32_t", name + "_gamma", norm.Gamma);
        CText.Array(to, "int32_t", name + "_beta", norm.Beta);
        to.Write($"static const norm {name} = {{ {name}_gamma, {name}_beta, {Number(norm.Shift)} }};\n");
    }

    private void Output(TextWriter to, LinearNode node)
    {
        IntegerOutput output = IntegerOutput.Of(model, _scales, node.Name);
        string name = CText.Name(node.Name);
        CText.Array(to, "int32_t", name + "_weights", output.Weights);
        CText.Array(to, "int32_t", name + "_biases", output.Biases);
        to.Write($"static const output_layer {name} = {{ {name}_weights, {name}_biases, {Numbers(node.Rows, node.Width, output.Shift)} }};\n");
    }

    private int[] Rounded(string tensor, int count)
    {
        int[] rounded = new int[count];
        IntegerWords.Round(model.Floats(tensor + ".weight")[..count], rounded);
        return rounded;
    }

    private static string Numbers(params int[] values) => string.Join(", ", values.Select(Number));

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
