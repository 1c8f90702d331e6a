using QuantGen.Experiments.PostTraining;

namespace QuantGen.Experiments.OneBit;

/// <summary>
/// The rows of the table. All students of a teacher see as many steps, however many stages these belong to, but for those whose names say otherwise.
/// </summary>
internal static class OneBitRows
{
    private static readonly int[] s_seeds = [1, 2, 3];

    private static readonly string[] s_common = ["--bits", "1", "--embedding-bits", "2"];

    private static readonly string[] s_rate = ["--learning-rate", "2e-4"];

    private static readonly string[] s_half = ["--learning-rate", "1e-4"];

    private static readonly (string Method, string[] Options)[] s_ways =
    [
        ("ternary, W2A8", ["--scheme", "ternary", "--bits", "2", "--embedding-bits", "2", "--epochs", "4"]),
        ("binarized directly (BWN), W1A8", ["--scheme", "ternary", .. s_common, "--epochs", "4"]),
        ("BinaryBERT, W1A8", ["--scheme", "binarybert", .. s_common, "--epochs", "1"]),
        ("BinaryBERT, W1A4", ["--scheme", "binarybert", .. s_common, "--activation-bits", "4", "--epochs", "1"]),
        ("BEBERT of 2, W1A8", ["--scheme", "ternary", .. s_common, "--ensemble", "2", "--epochs", "4"]),
        ("BiT, W1A1", ["--scheme", "bit", .. s_common, "--epochs", "2"]),
        ("BiBERT, W1A1", ["--scheme", "bibert", .. s_common, "--epochs", "4"]),
        ("signs, W1A1", ["--scheme", "bit", .. s_common, "--no-cascade", "--activation-scales", "mean", "--hidden-activation", "gelu", "--epochs", "4"]),
    ];

    // The embedding is split, too.
    private static readonly (string Method, string[] Options)[] s_embeddings =
    [
        ("binarized directly (BWN), W1E1A8", ["--scheme", "ternary", "--bits", "1", "--embedding-bits", "1", "--epochs", "4"]),
        ("BinaryBERT, W1E1A8", ["--scheme", "binarybert", "--bits", "1", "--embedding-bits", "1", "--epochs", "1"]),
    ];

    // A half as wide student of a trained teacher begins far from it, which four epochs may not make up for.
    private static readonly (string Method, string[] Options)[] s_longer =
    [
        ("binarized directly (BWN), W1A8, 12 epochs", ["--scheme", "ternary", .. s_common, "--epochs", "12"]),
        ("BinaryBERT, W1A8, 12 epochs", ["--scheme", "binarybert", .. s_common, "--epochs", "3"]),
    ];

    // Stages that learn layers take two and a half times the rate (algorithms.md 4.5), which is too much for pairs of binary weights: one of three seeds of the
    // rate above never recovers.
    private static readonly (string Method, string[] Options)[] s_gentler =
    [
        ("binarized directly (BWN), W1A8, rate 1e-4", ["--scheme", "ternary", .. s_common, "--epochs", "4", .. s_half]),
        ("BinaryBERT, W1A8, rate 1e-4", ["--scheme", "binarybert", .. s_common, "--epochs", "1", .. s_half]),
    ];

    // Members that learn from labels alone differ most in what a few rows taught them.
    private static readonly (string Method, string[] Options)[] s_taught =
    [
        ("BEBERT of 2 under a teacher, W1A8, rate 1e-4",
            ["--scheme", "ternary", .. s_common, "--ensemble", "2", "--ensemble-teacher", "all", "--epochs", "4", .. s_half]),
    ];

    // An epoch of running text is 1,386 steps: fewer say as much.
    private static readonly (string Method, string[] Options)[] s_masked =
    [
        ("ternary, W2A8", ["--scheme", "ternary", "--bits", "2", "--embedding-bits", "2", "--max-steps", "1200"]),
        ("binarized directly (BWN), W1A8", ["--scheme", "ternary", .. s_common, "--max-steps", "1200"]),
        ("BinaryBERT, W1A8", ["--scheme", "binarybert", .. s_common, "--max-steps", "300"]),
    ];

    public static IReadOnlyList<OneBitRow> List { get; } =
    [
        .. Rows(CalibratedModel.Trec), .. s_embeddings.Concat(s_longer).Concat(s_gentler).Concat(s_taught).Select(way => Row(CalibratedModel.Trec, way)),
        .. Rows(CalibratedModel.Sst2), .. s_embeddings.Concat(s_gentler).Concat(s_taught).Select(way => Row(CalibratedModel.Sst2, way)),
        .. s_ways.Concat(s_longer).Concat(s_gentler).Select(way => Row(CalibratedModel.MiniLmTrec, way) with { Seeds = s_seeds[..1] }),
        .. s_masked.Select(way => Row(CalibratedModel.SotuMlm, way) with { Seeds = s_seeds[..1] }),
    ];

    private static IEnumerable<OneBitRow> Rows(CalibratedModel teacher) =>
        s_ways.Select(way => Row(teacher, way));

    private static OneBitRow Row(CalibratedModel teacher, (string Method, string[] Options) way) =>
        new(teacher, way.Method, way.Options.Contains(s_rate[0]) ? way.Options : [.. way.Options, .. s_rate], s_seeds);
}
