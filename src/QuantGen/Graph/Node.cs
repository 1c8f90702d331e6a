namespace QuantGen.Graph;

/// <summary>One step of a forward pass: what it reads and what it makes, by the names of values. Steps stand in the order in which they run.</summary>
/// <param name="Output">The value it makes.</param>
/// <param name="Columns">Numbers of that value per row; rows are tokens, or what a <see cref="RowsNode"/> chose.</param>
public abstract record Node(string Output, int Columns)
{
    /// <summary>Gets the values it reads.</summary>
    public abstract IReadOnlyList<string> Inputs { get; }
}

/// <summary>The sum of a token's word, token type and position embeddings.</summary>
/// <param name="Words">Rows of the word embedding.</param>
/// <param name="Positions">Rows of the position embedding.</param>
/// <param name="Types">Rows of the token type embedding; 0 for none.</param>
/// <param name="Columns">Width.</param>
/// <param name="Output">The value it makes.</param>
public sealed record EmbeddingNode(int Words, int Positions, int Types, int Columns, string Output) : Node(Output, Columns)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => System.Array.Empty<string>();
}

/// <summary>A linear layer, y = x W^T + b.</summary>
/// <param name="Name">Canonical name without <c>.weight</c>.</param>
/// <param name="Rows">Outputs.</param>
/// <param name="Width">Inputs.</param>
/// <param name="Site">The place where its inputs become codes, which layers that read the same values share; empty for a layer that always has full
/// precision.</param>
/// <param name="Part">Which part of the model its time belongs to.</param>
/// <param name="Input">What it reads.</param>
/// <param name="Output">What it makes.</param>
public sealed record LinearNode(string Name, int Rows, int Width, string Site, ModelPart Part, string Input, string Output) : Node(Output, Rows)
{
    /// <summary>Gets whether its weights may be codes.</summary>
    public bool IsQuantizable => Site.Length > 0;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => new[] { Input };
}

/// <summary>Multi-head attention, softmax(Q K^T / sqrt(head size)) V.</summary>
/// <param name="Name">Canonical name, with which the names of its operands begin.</param>
/// <param name="Heads">Heads.</param>
/// <param name="HeadSize">Width of a head.</param>
/// <param name="Query">Queries.</param>
/// <param name="Key">Keys.</param>
/// <param name="Value">Values.</param>
/// <param name="Output">The contexts.</param>
public sealed record AttentionNode(string Name, int Heads, int HeadSize, string Query, string Key, string Value, string Output)
    : Node(Output, Heads * HeadSize)
{
    /// <summary>Gets the places where query, key, value and probabilities become codes, in this order.</summary>
    public IReadOnlyList<string> Operands => new[] { Name + ".query.output", Name + ".key.output", Name + ".value.output", Name + ProbabilitiesEnd };

    internal const string ProbabilitiesEnd = ".probabilities";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => new[] { Query, Key, Value };
}

/// <summary>Layer normalization of a value, or of its sum with a residual; in training the value is dropped before it is added.</summary>
/// <param name="Name">Canonical name without <c>.weight</c>.</param>
/// <param name="Columns">Width.</param>
/// <param name="Input">What is normalized.</param>
/// <param name="Residual">What is added to it first; null for nothing.</param>
/// <param name="Output">The result.</param>
public sealed record NormNode(string Name, int Columns, string Input, string? Residual, string Output) : Node(Output, Columns)
{
    internal const string FactorsEnd = ".residual_factors";

    /// <summary>Gets whether the residual is multiplied by a factor per column before it is added. Default no.</summary>
    public bool HasFactors { get; init; }

    /// <summary>Gets the name of the tensor with those factors.</summary>
    public string Factors => Name + FactorsEnd;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => Residual is null ? new[] { Input } : new[] { Input, Residual };
}

/// <summary>A function of each number alone.</summary>
/// <param name="Function">The function.</param>
/// <param name="Columns">Width.</param>
/// <param name="Input">The arguments.</param>
/// <param name="Output">The values.</param>
public sealed record ActivationNode(HiddenActivation Function, int Columns, string Input, string Output) : Node(Output, Columns)
{
    /// <summary>Gets whether no value is far below zero: the least of ReLU is 0, of GELU -0.17, of SiLU -0.28.</summary>
    public bool IsOneSided => Function != HiddenActivation.Tanh;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => new[] { Input };
}

/// <summary>Dropout, which is there in training only.</summary>
/// <param name="Columns">Width.</param>
/// <param name="Input">What is dropped.</param>
/// <param name="Output">The result.</param>
public sealed record DropoutNode(int Columns, string Input, string Output) : Node(Output, Columns)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => new[] { Input };
}

/// <summary>Chooses the rows that a head reads.</summary>
/// <param name="Choice">Which.</param>
/// <param name="Columns">Width.</param>
/// <param name="Input">The hidden states of all tokens.</param>
/// <param name="Output">Those of the chosen ones.</param>
public sealed record RowsNode(RowChoice Choice, int Columns, string Input, string Output) : Node(Output, Columns)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => new[] { Input };
}

/// <summary>The outputs of a masked language model: products with every word's embedding, and a summand per word.</summary>
/// <param name="Bias">Canonical name of the summands.</param>
/// <param name="Words">Rows of the word embedding.</param>
/// <param name="Width">Width of the embedding.</param>
/// <param name="Input">What is multiplied.</param>
/// <param name="Output">The logits.</param>
public sealed record DecoderNode(string Bias, int Words, int Width, string Input, string Output) : Node(Output, Words)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => new[] { Input };
}
