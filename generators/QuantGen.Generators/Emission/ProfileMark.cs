namespace QuantGen.Generators.Emission;

/// <summary>Emits the lines that tell a profile which class of operators begins; where nobody asks for a profile they cost one comparison.</summary>
internal static class ProfileMark
{
    public const string Embedding = "Embedding";
    public const string QueryKeyValue = "QueryKeyValue";
    public const string Attention = "Attention";
    public const string AttentionOutput = "AttentionOutput";
    public const string LayerNorm = "LayerNorm";
    public const string FeedForwardIn = "FeedForwardIn";
    public const string Activation = "Activation";
    public const string FeedForwardOut = "FeedForwardOut";
    public const string Head = "Head";

    /// <summary>Writes a line.</summary>
    /// <param name="w">Where to.</param>
    /// <param name="operators">One of the names above, all members of <c>OperatorClass</c>.</param>
    /// <param name="multiplyAdds">An expression of the multiply-adds outside of linear layers; null for none.</param>
    public static void Write(SourceWriter w, string operators, string? multiplyAdds = null) =>
        w.Lines($"pass.Enter(worker, OperatorClass.{operators}{(multiplyAdds is null ? string.Empty : ", " + multiplyAdds)});");
}
