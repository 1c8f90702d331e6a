using QuantGen.Peers.Graphs;

namespace QuantGen.Peers.Racing;

/// <summary>What is compared.</summary>
internal static class RaceRows
{
    /// <summary>BERT-base with random weights.</summary>
    public const string Base = "base";

    /// <summary>MiniLM of 6 layers with random weights and a classifier.</summary>
    public const string MiniLm = "minilm";

    /// <summary>The sentence encoder of <c>--model</c>.</summary>
    public const string Published = "published";

    private static readonly RowShape s_tokens128 = new(Threads: 1) { Length = 128 };
    private static readonly RowShape s_tokens16 = new(Threads: 1) { Length = 16 };
    private static readonly RowShape s_twoThreads = new(Threads: 2) { Length = 128 };
    private static readonly RowShape s_question = s_tokens16 with { IsQuestion = true };
    private static readonly RowShape s_ragged = new(Threads: 2) { Texts = 512, Batch = 32 };

    private static readonly Targets s_float = new(0.76, 0.95);
    private static readonly Targets s_twoBitsOnTwoThreads = new(0.58, 0.58);
    private static readonly Targets s_oneBit = new(0.36, 0.40);
    private static readonly Targets s_oneBitActivations = new(0.25, 0.45);
    private static readonly Targets s_raggedSorted = new(0.52, 0.55);

    // By bits of a weight, with 8-bit attention and without.
    private static readonly RaceRow[] s_base128 =
    [
        Base128(1) with { Targets = s_oneBit },
        Base128(2) with { Targets = new Targets(0.56, 0.55) },
        Base128(3),
        Base128(4) with { Targets = new Targets(0.66, 0.62) },
        Base128(8) with { Targets = new Targets(0.92, 0.95) },
    ];

    /// <summary>Gets all rows in the order of the table.</summary>
    public static IReadOnlyList<RaceRow> All { get; } =
    [
        .. s_base128,
        Base128(32) with { Peer = PeerKind.Float, Targets = s_float },
        Base128(2) with { Peer = PeerKind.Int2, Targets = new Targets(0.50, 0.50) },
        .. ((int[])[1, 2, 4]).Select(bits => Base128(bits) with { Peer = PeerKind.Int4, IsQuick = false }),
        .. ((int[])[1, 2, 3, 4, 8]).Select(bits => Base128(bits) with { Peer = PeerKind.Float, IsQuick = false }),
        .. s_base128.Where(row => row.Targets is not null).Select(Rounded),
        Base128(1) with { ActivationBits = 1, Targets = s_oneBitActivations },
        Rounded(Base128(1) with { ActivationBits = 1, Targets = s_oneBitActivations }),
        Base128(1) with { ActivationBits = 1, Attention = AttentionKind.Boolean, Targets = s_oneBitActivations },
        Base128(1) with { ActivationBits = 4, Targets = s_oneBit },
        new("base-512", Base, s_tokens128 with { Length = 512 }, 2, PeerKind.Int8),
        new("base-16", Base, s_tokens16, 1, PeerKind.Int8) { Targets = new Targets(0.22, 0.32) },
        new("base-16", Base, s_tokens16, 2, PeerKind.Int8) { Targets = new Targets(0.38, 0.42) },
        new("base-16", Base, s_tokens16, 8, PeerKind.Int8) { Targets = new Targets(0.80, 0.80) },
        new("minilm-128", MiniLm, s_tokens128, 2, PeerKind.Int8) { Targets = new Targets(0.46, 0.58) },
        new("minilm-128", MiniLm, s_tokens128, 8, PeerKind.Int8) { Targets = new Targets(0.72, 0.95) },
        new("minilm-16", MiniLm, s_tokens16, 2, PeerKind.Int8),
        new("base-128-2t", Base, s_twoThreads, 2, PeerKind.Int8) { Targets = s_twoBitsOnTwoThreads },
        Rounded(new RaceRow("base-128-2t", Base, s_twoThreads, 2, PeerKind.Int8) { Targets = s_twoBitsOnTwoThreads }),
        new("base-128-2t", Base, s_twoThreads, 32, PeerKind.Float) { Targets = s_float },
        new("published-128", Published, s_tokens128, 2, PeerKind.Int8),
        new("published-128", Published, s_tokens128, 8, PeerKind.Int8),
        new("query", Published, s_question, 2, PeerKind.Int8) { Targets = new Targets(0.5, 0.9, IsTime: true) },
        new("query", Published, s_question, 8, PeerKind.Int8),
        new("base-ragged", Base, s_ragged, 2, PeerKind.Int8) { Targets = new Targets(0.40, 0.40) },
        new("base-ragged", Base, s_ragged with { IsSorted = true }, 2, PeerKind.Int8) { Targets = s_raggedSorted },
        new("base-ragged", Base, s_ragged with { IsSorted = true, Threads = 1 }, 2, PeerKind.Int8) { IsQuick = false },
    ];

    /// <summary>Gets the names that <c>--only</c> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(row => row.Name).Distinct()];

    /// <summary>Gets the rows that are asked for.</summary>
    /// <param name="only">Names; none for all.</param>
    /// <param name="quick">Whether rows without a target or main interest are left out.</param>
    public static IReadOnlyList<RaceRow> Choose(IReadOnlyList<string> only, bool quick) =>
        [.. All.Where(row => (only.Count == 0 || only.Contains(row.Name)) && (!quick || row.IsQuick))];

    private static RaceRow Base128(int bits) => new("base-128", Base, s_tokens128, bits, PeerKind.Int8);

    // Queries, keys, values and probabilities are rounded to 8 bits as well, as in the papers.
    private static RaceRow Rounded(RaceRow row) => row with { AttentionBits = 8 };
}
