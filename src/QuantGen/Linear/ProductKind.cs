namespace QuantGen.Linear;

/// <summary>How a kernel multiplies. The generator has a step for each kind.</summary>
internal enum ProductKind
{
    /// <summary>u8 x s8 pairs to 16 bits (<c>MultiplyAddAdjacent</c>), added in 16 bits as deep as exactness allows, then widened.</summary>
    PairsTo16,

    /// <summary>u8 x s8 pairs to 16 bits, two of them added there, of weights that were clipped for it, then to 32.</summary>
    ClippedQuads,

    /// <summary>u8 x s8 pairs to 16 bits, of weights that were clipped for it, then straight to 32.</summary>
    ClippedPairs,

    /// <summary>The same weights as they are: even and odd inputs widened to 16 bits, each with pairs straight to 32.</summary>
    WholePairs,

    /// <summary>u8 x s8 quadruples straight to 32 bits (<c>AvxVnni</c>).</summary>
    QuadsTo32,

    /// <summary>s8 x s8 quadruples straight to 32 bits (<c>Dp</c>); activations are signed for it, and sums begin with what that takes away.</summary>
    SignedQuads,

    /// <summary>s16 x s16 pairs straight to 32 bits; weights and activations are widened first.</summary>
    WidePairs,

    /// <summary>Portable: weights and activations widened to 16 bits, products added in 16 bits as deep as exactness allows.</summary>
    Portable,

    /// <summary>No products at all: sums of activations are looked up.</summary>
    Tables,

    /// <summary>No products at all: how many of a few bits of weights and activations differ is looked up.</summary>
    Differences,

    /// <summary>The same, counted word by word in plain loops: the definition.</summary>
    PopulationCount,

    /// <summary>Plain loops: the definition.</summary>
    Scalar,
}
