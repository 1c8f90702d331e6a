namespace QuantGen.Tests.Onnx;

/// <summary>How a product with a matrix stands in a graph.</summary>
public enum ProductForm
{
    /// <summary>A matrix of inputs x outputs without a name, and the bias added: what constant folding leaves.</summary>
    Folded,

    /// <summary>The checkpoint's matrix, transposed by a node.</summary>
    Transposed,

    /// <summary>A matrix of inputs x outputs under the checkpoint's name.</summary>
    NamedFolded,

    /// <summary>The checkpoint's matrix in a Gemm.</summary>
    Gemm,

    /// <summary>A matrix of inputs x outputs without a name in a Gemm.</summary>
    FoldedGemm,

    /// <summary>A matrix of outputs x inputs without a name, transposed by the product itself.</summary>
    FusedMatMul,
}

/// <summary>How attention stands in a graph.</summary>
public enum AttentionForm
{
    /// <summary>As products, with shapes put together from numbers.</summary>
    Plain,

    /// <summary>As products, with one shape for all.</summary>
    ConstantShape,

    /// <summary>As the one node into which optimizers fuse it, projections included.</summary>
    Fused,

    /// <summary>As a node that adds the biases of the projections before it.</summary>
    MultiHead,
}

/// <summary>How normalization stands in a graph.</summary>
public enum NormForm
{
    /// <summary>As arithmetic.</summary>
    Plain,

    /// <summary>As a node.</summary>
    Node,

    /// <summary>As nodes that add bias and residual, and one for all embeddings.</summary>
    Skip,
}

/// <summary>A way to export an encoder.</summary>
public sealed record ExportStyle
{
    public ProductForm Products { get; init; }

    public AttentionForm Attention { get; init; }

    public NormForm Norms { get; init; }

    /// <summary>Gets whether an optimizer fused bias and activation function.</summary>
    public bool HasFusedActivation { get; init; }

    /// <summary>Gets whether names stand below those of a model with a head.</summary>
    public bool HasHead { get; init; }

    public string Prefix { get; init; } = string.Empty;

    public OnnxData Data { get; init; }

    public bool IsHalf { get; init; }

    /// <summary>Gets whether equal biases are stored once.</summary>
    public bool HasCopies { get; init; }
}
