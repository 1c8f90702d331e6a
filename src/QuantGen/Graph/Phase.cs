namespace QuantGen.Graph;

/// <summary>What the items of a phase are; all items of a phase may run at the same time.</summary>
internal enum PhaseItems
{
    /// <summary>Ranges of tokens.</summary>
    Tokens,

    /// <summary>One head of one sequence.</summary>
    Heads,

    /// <summary>Ranges of sequences, of which first tokens count.</summary>
    Sequences,

    /// <summary>One sequence.</summary>
    Sequence,

    /// <summary>Ranges of the tokens that a head was asked for.</summary>
    HeadTokens,

    /// <summary>Ranges of the vocabulary.</summary>
    Words,
}

/// <summary>Where in the model a part of a phase stands.</summary>
internal enum PartKind
{
    /// <summary>From token ids to the first hidden states.</summary>
    Embed,

    /// <summary>A layer before its attention.</summary>
    Project,

    /// <summary>A layer's attention.</summary>
    Attend,

    /// <summary>A layer behind its attention.</summary>
    Finish,

    /// <summary>The head, or its part before a decoder.</summary>
    Head,

    /// <summary>The decoder of a masked language model.</summary>
    Decode,
}

/// <summary>Steps that one method of generated code computes on the rows of an item.</summary>
/// <param name="Kind">Where they stand.</param>
/// <param name="Method">The method's name.</param>
/// <param name="Layer">The distinct layer whose steps they are; -1 for others.</param>
/// <param name="Use">Which use of the layer.</param>
/// <param name="Steps">The steps, in order.</param>
/// <param name="FirstTokens">Those of them that are computed for first tokens only.</param>
/// <param name="Items">The items of the phase that the steps belong to.</param>
internal sealed record PhasePart(
    PartKind Kind, string Method, int Layer, int Use, IReadOnlyList<Node> Steps, IReadOnlyList<Node> FirstTokens, PhaseItems Items);

/// <summary>A part of the forward pass that ends before the next begins.</summary>
/// <param name="Name">Its name in generated code.</param>
/// <param name="Items">What its items are.</param>
/// <param name="Parts">What each item runs, one after the other.</param>
internal sealed record Phase(string Name, PhaseItems Items, IReadOnlyList<PhasePart> Parts);
