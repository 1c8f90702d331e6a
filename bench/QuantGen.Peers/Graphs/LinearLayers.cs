using QuantGen.Peers.Onnx;

namespace QuantGen.Peers.Graphs;

/// <summary>The linear layers of a graph, by one kind of operators.</summary>
/// <param name="graph">The graph they are added to.</param>
internal abstract class LinearLayers(GraphWriter graph)
{
    protected GraphWriter Graph => graph;

    /// <summary>Gets the layers that a recipe asks for.</summary>
    public static LinearLayers Of(GraphWriter graph, Recipe recipe) => recipe.Kind switch
    {
        LinearKind.Float => new FloatLayers(graph),
        LinearKind.Int8 => new Int8Layers(graph, recipe),
        _ => new BlockLayers(graph, recipe),
    };

    /// <summary>Adds a product.</summary>
    /// <param name="x">The activations.</param>
    /// <param name="name">The name of the matrix.</param>
    /// <param name="matrix">The weights.</param>
    /// <param name="bias">The bias that the product adds itself; null for none.</param>
    public abstract string Product(string x, string name, Matrix matrix, string? bias);

    /// <summary>Adds attention as one operator, the products of query, key and value included.</summary>
    /// <param name="x">The hidden states.</param>
    /// <param name="name">The name of the three matrices.</param>
    /// <param name="matrix">Their weights above each other.</param>
    /// <param name="bias">Their biases one after the other.</param>
    /// <param name="mask">What keeps padding out; null for nothing.</param>
    /// <param name="heads">Heads.</param>
    public abstract string Attention(string x, string name, Matrix matrix, string bias, string? mask, int heads);
}

/// <summary>Products of floats.</summary>
internal sealed class FloatLayers(GraphWriter graph) : LinearLayers(graph)
{
    public override string Product(string x, string name, Matrix matrix, string? bias)
    {
        string product = Graph.Node("MatMul", [x, Weight(name, matrix)]);
        return bias is null ? product : Graph.Node("Add", [product, bias]);
    }

    public override string Attention(string x, string name, Matrix matrix, string bias, string? mask, int heads) =>
        Graph.Node("Attention", [x, Weight(name, matrix), bias, mask], ("num_heads", heads));

    private string Weight(string name, Matrix matrix) => Graph.Constant(name, [matrix.Inputs, matrix.Outputs], matrix.Transposed());
}

/// <summary>Products of 8-bit numbers, whose activations are rounded in every call.</summary>
internal sealed class Int8Layers(GraphWriter graph, Recipe recipe) : LinearLayers(graph)
{
    public override string Product(string x, string name, Matrix matrix, string? bias)
    {
        (string weight, string scale, string zero) = Weights(name, matrix);
        return Graph.Node("DynamicQuantizeMatMul", [x, weight, scale, zero, bias]);
    }

    public override string Attention(string x, string name, Matrix matrix, string bias, string? mask, int heads)
    {
        (string weight, string scale, string zero) = Weights(name, matrix);
        string[] input = Graph.Nodes("DynamicQuantizeLinear", 3, [x]);
        return Graph.Node("QAttention", [input[0], weight, bias, input[1], scale, mask, input[2], zero], ("num_heads", heads));
    }

    private (string Weight, string Scale, string Zero) Weights(string name, Matrix matrix)
    {
        int zero = recipe.IsUnsigned ? 128 : 0;
        (byte[] codes, float[] scales) = OperatorCodes.Int8(matrix.Transposed(), matrix.Outputs, recipe.IsPerColumn, zero);
        byte[] zeros = new byte[scales.Length];
        Array.Fill(zeros, (byte)zero);
        int[] dimensions = recipe.IsPerColumn ? [matrix.Outputs] : [];
        return (
            Codes(name, [matrix.Inputs, matrix.Outputs], codes), Graph.Constant(name + ".scale", dimensions, scales), Codes(name + ".zero", dimensions, zeros));
    }

    // The bytes are the same, only what they are called differs.
    private string Codes(string name, int[] dimensions, byte[] codes) =>
        recipe.IsUnsigned ? Graph.Constant(name, dimensions, codes) : Graph.Constant(name, dimensions, (sbyte[])(Array)codes);
}

/// <summary>Products with weights in blocks.</summary>
internal sealed class BlockLayers(GraphWriter graph, Recipe recipe) : LinearLayers(graph)
{
    // Activations may be rounded to 8 bits: the fastest that there is.
    private const int AccuracyLevel = 4;

    public override string Product(string x, string name, Matrix matrix, string? bias)
    {
        (byte[] codes, float[] scales) = OperatorCodes.Blocks(matrix.Values, matrix.Outputs, matrix.Inputs, recipe.Bits, recipe.Block);
        int blocks = OperatorCodes.BlocksOf(matrix.Inputs, recipe.Block);
        string weight = Graph.Constant(name, [matrix.Outputs, blocks, recipe.Block * recipe.Bits / 8], codes);
        string scale = Graph.Constant(name + ".scale", [matrix.Outputs, blocks], scales);
        return Graph.Node(
            "MatMulNBits", [x, weight, scale, null, null, bias], ("K", matrix.Inputs), ("N", matrix.Outputs), ("bits", recipe.Bits),
            ("block_size", recipe.Block), ("accuracy_level", AccuracyLevel));
    }

    public override string Attention(string x, string name, Matrix matrix, string bias, string? mask, int heads) =>
        throw new NotSupportedException("ONNX Runtime has no attention whose weights stand in blocks; a recipe asks for products.");
}
