namespace QuantGen.Schemes;

/// <summary>One way to find the codes of weights: a row of <see cref="WeightSchemes"/>, from which rules, messages, packing, training and command lines
/// follow.</summary>
public sealed record SchemeTraits
{
    /// <summary>Gets the member of the enum.</summary>
    public required Scheme Scheme { get; init; }

    /// <summary>Gets the one spelling of its name: in files, on command lines and in messages.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the name of the paper's method that trains it, which a command line takes, too; null when that is the same.</summary>
    public string? Method { get; init; }

    /// <summary>Gets how its codes are stored.</summary>
    public required Storage Storage { get; init; }

    /// <summary>Gets the legal bits of a weight, ascending, without the 32 of full precision.</summary>
    public required IReadOnlyList<int> Bits { get; init; }

    /// <summary>Gets the legal bits of a word embedding, ascending, without the 32 of full precision.</summary>
    public required IReadOnlyList<int> EmbeddingBits { get; init; }

    /// <summary>Gets the fewest bits that can be trained.</summary>
    public required int LeastTrainedBits { get; init; }

    /// <summary>Gets who finds the codes.</summary>
    public required WeightFitter Fitter { get; init; }

    /// <summary>Gets what training moves.</summary>
    public required LearnedPart Learns { get; init; }

    /// <summary>Gets what rows of a word embedding share.</summary>
    public required EmbeddingForm Embedding { get; init; }

    /// <summary>Gets whether a range can be clipped in more than one way.</summary>
    public bool HasClipping { get; init; }

    /// <summary>Gets whether groups of rows have scales, and with them bits, of their own.</summary>
    public bool HasGroups { get; init; }

    /// <summary>Gets whether groups of inputs can have scales of their own.</summary>
    public bool HasGroupSize { get; init; }

    /// <summary>Gets whether codes can have a zero point.</summary>
    public bool HasZeroPoints { get; init; }

    /// <summary>Gets whether ranges are kept as they are, without a code for zero, which belongs to models that round everything.</summary>
    public bool KeepsRanges { get; init; }

    /// <summary>Gets whether static ranges of the activations it meets are symmetric, as in its training.</summary>
    public bool HasSymmetricActivations { get; init; }
}
