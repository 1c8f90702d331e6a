using QuantGen.Specs;

namespace QuantGen.Checkpoints;

/// <summary>Turns the tensor names of Hugging Face checkpoints into one set of names for BERT and ALBERT.</summary>
/// <remarks>ALBERT's one shared block (Lan et al., ICLR 2020) becomes layer 0. Names that no rule knows stay as they are.</remarks>
internal static class CheckpointNames
{
    private const string SharedBlock = "encoder.albert_layer_groups.0.albert_layers.0.";
    private const string FirstLayer = "encoder.layer.0.";
    private const string Head = "cls.predictions.";
    private const string Decoder = Head + "decoder.";
    private static readonly string[] s_modelPrefixes = ["bert.", "albert."];

    // The heads used only in pre-training, and buffers that hold no weights.
    private static readonly string[] s_ignorable =
        ["embeddings.position_ids", "embeddings.token_type_ids", "cls.", "predictions.", "sop_classifier.", "pooler."];

    private static readonly (string From, string To)[] s_sharedBlockParts =
    [
        ("attention.query.", "attention.self.query."),
        ("attention.key.", "attention.self.key."),
        ("attention.value.", "attention.self.value."),
        ("attention.dense.", "attention.output.dense."),
        ("attention.LayerNorm.", "attention.output.LayerNorm."),
        ("ffn.", "intermediate.dense."),
        ("ffn_output.", "output.dense."),
        ("full_layer_layer_norm.", "output.LayerNorm."),
    ];

    // ALBERT's masked language head, under BERT's names.
    private static readonly (string From, string To)[] s_headParts =
    [
        ("predictions.dense.", PackedLayout.MaskedLanguageTransform + ".dense."),
        ("predictions.LayerNorm.", PackedLayout.MaskedLanguageTransform + ".LayerNorm."),
        ("predictions.bias", PackedLayout.MaskedLanguageBias),
        ("predictions.decoder.", Decoder),
    ];

    private static readonly (string From, string To)[] s_endings =
    [
        ("LayerNorm.gamma", "LayerNorm.weight"),
        ("LayerNorm.beta", "LayerNorm.bias"),
    ];

    /// <summary>Returns the canonical name of a tensor.</summary>
    public static string Canonical(string source)
    {
        string name = source;
        foreach (string prefix in s_modelPrefixes)
        {
            if (source.StartsWith(prefix, StringComparison.Ordinal))
            {
                name = source[prefix.Length..];
            }
        }

        foreach ((string from, string to) in s_endings)
        {
            if (name.EndsWith(from, StringComparison.Ordinal))
            {
                name = name[..^from.Length] + to;
            }
        }

        foreach ((string from, string to) in s_headParts)
        {
            if (name.StartsWith(from, StringComparison.Ordinal))
            {
                return to + name[from.Length..];
            }
        }

        return name switch
        {
            "pooler.weight" => "pooler.dense.weight",
            "pooler.bias" => "pooler.dense.bias",
            _ => name.StartsWith(SharedBlock, StringComparison.Ordinal) ? SharedBlockName(name) : name,
        };
    }

    /// <summary>Says whether a model may leave this tensor unused without anyone being misled.</summary>
    public static bool IsIgnorable(string canonical)
        => Array.Exists(s_ignorable, start => canonical.StartsWith(start, StringComparison.Ordinal));

    /// <summary>Says whether a tensor belongs to the masked language head, which a model with that head may not leave unused.</summary>
    public static bool IsOfMaskedLanguageHead(string canonical) => canonical.StartsWith(Head, StringComparison.Ordinal);

    /// <summary>Returns what a tensor of the masked language head is a copy of; null when it is none.</summary>
    public static string? TiedTo(string canonical) => canonical switch
    {
        Decoder + "weight" => PackedLayout.WordEmbedding + ".weight",
        Decoder + "bias" => PackedLayout.MaskedLanguageBias,
        _ => null,
    };

    /// <summary>Returns the name that Hugging Face's class of a model gives a tensor: the reverse of <see cref="Canonical"/>.</summary>
    /// <param name="canonical">A canonical name.</param>
    /// <param name="isAlbert">Whether the model is an ALBERT.</param>
    /// <param name="hasHead">Whether the class has a head, which puts the rest one level down.</param>
    public static string Source(string canonical, bool isAlbert, bool hasHead)
    {
        string prefix = !hasHead ? string.Empty : isAlbert ? "albert." : "bert.";
        if (canonical.StartsWith("pooler.dense.", StringComparison.Ordinal))
        {
            return prefix + (isAlbert ? "pooler." + canonical["pooler.dense.".Length..] : canonical);
        }

        if (isAlbert && canonical.StartsWith(FirstLayer, StringComparison.Ordinal))
        {
            string part = canonical[FirstLayer.Length..];
            (string from, string to) = Array.Find(s_sharedBlockParts, rule => part.StartsWith(rule.To, StringComparison.Ordinal));
            return prefix + SharedBlock + from + part[to.Length..];
        }

        if (isAlbert && Array.Find(s_headParts, rule => canonical.StartsWith(rule.To, StringComparison.Ordinal)) is { From: not null } head)
        {
            return head.From + canonical[head.To.Length..];
        }

        bool isOfEncoder = canonical.StartsWith("embeddings.", StringComparison.Ordinal) || canonical.StartsWith("encoder.", StringComparison.Ordinal);
        return isOfEncoder ? prefix + canonical : canonical;
    }

    private static string SharedBlockName(string name)
    {
        string part = name[SharedBlock.Length..];
        foreach ((string from, string to) in s_sharedBlockParts)
        {
            if (part.StartsWith(from, StringComparison.Ordinal))
            {
                return FirstLayer + to + part[from.Length..];
            }
        }

        return name;
    }
}
