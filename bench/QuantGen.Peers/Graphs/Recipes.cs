namespace QuantGen.Peers.Graphs;

/// <summary>The graphs that compete for being the opponent.</summary>
internal static class Recipes
{
    /// <summary>Gets the exact graph, which the others are compared with.</summary>
    public static Recipe Exact => Of(PeerKind.Float)[0];

    /// <summary>Lists the graphs of a kind. The first is the likeliest: a quick run takes it untried.</summary>
    public static IReadOnlyList<Recipe> Of(PeerKind kind) => kind switch
    {
        PeerKind.Float =>
        [
            new Recipe(LinearKind.Float, AttentionForm.Fused), new Recipe(LinearKind.Float, AttentionForm.Joined),
            new Recipe(LinearKind.Float, AttentionForm.Separate),
        ],
        PeerKind.Int8 =>
        [
            Int8(AttentionForm.Fused, hasOwnBias: true, isPerColumn: false),
            Int8(AttentionForm.Fused, hasOwnBias: true, isPerColumn: true),
            Int8(AttentionForm.Fused, hasOwnBias: false, isPerColumn: false),
            Int8(AttentionForm.Fused, hasOwnBias: false, isPerColumn: true),
            Int8(AttentionForm.Joined, hasOwnBias: true, isPerColumn: false),
            Int8(AttentionForm.Joined, hasOwnBias: true, isPerColumn: true),
            Int8(AttentionForm.Separate, hasOwnBias: true, isPerColumn: false),
            Int8(AttentionForm.Fused, hasOwnBias: true, isPerColumn: false) with { IsUnsigned = true },

            // The kernels for blocks also take 8 bits.
            Blocks(8, 128),
        ],
        PeerKind.Int4 =>
        [
            Blocks(4, 256), Blocks(4, 128), Blocks(4, 64), Blocks(4, 32), Blocks(4, 256) with { HasOwnBias = true },
            Blocks(4, 256) with { Attention = AttentionForm.Separate },
        ],
        _ =>
        [
            Blocks(2, 128), Blocks(2, 64), Blocks(2, 32), Blocks(2, 128) with { HasOwnBias = true }, Blocks(2, 128) with { Attention = AttentionForm.Separate },
            Blocks(2, 128) with { UsesTables = true }, Blocks(2, 64) with { UsesTables = true }, Blocks(2, 32) with { UsesTables = true },
        ],
    };

    /// <summary>Lists graphs for texts that have to be padded: the likely ones alone, with either mask, since texts take seconds for a run.</summary>
    public static IReadOnlyList<Recipe> Padded(PeerKind kind)
    {
        IReadOnlyList<Recipe> all = Of(kind);
        return kind == PeerKind.Int8 ? Masked([all[0], all[1], all[4]]) : Masked(all.Take(2));
    }

    /// <summary>Lists each graph with either mask.</summary>
    public static IReadOnlyList<Recipe> Masked(IEnumerable<Recipe> recipes) =>
        [.. recipes.SelectMany(recipe => new[] { PaddingMask.Raw, PaddingMask.Lengths }, (recipe, mask) => recipe with { Mask = mask })];

    private static Recipe Int8(AttentionForm attention, bool hasOwnBias, bool isPerColumn) =>
        new(LinearKind.Int8, attention) { HasOwnBias = hasOwnBias, IsPerColumn = isPerColumn };

    private static Recipe Blocks(int bits, int block) => new(LinearKind.Blocks, AttentionForm.Joined) { Bits = bits, Block = block };
}
