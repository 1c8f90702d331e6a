using QuantGen.Experiments.PostTraining;

namespace QuantGen.Experiments.OneBit;

/// <summary>The rows of the table. All students of a teacher see as many steps, however many stages these belong to.</summary>
internal static class OneBitRows
{
    private static readonly int[] s_seeds = [1, 2, 3];

    private static readonly (string Method, string[] Options)[] s_ways =
    [
        ("ternary, W2A8", ["--scheme", "ternary", "--bits", "2", "--embedding-bits", "2", "--epochs", "4"]),
        ("binarized directly (BWN), W1A8", ["--scheme", "ternary", "--bits", "1", "--embedding-bits", "2", "--epochs", "4"]),
        ("BinaryBERT, W1A8", ["--scheme", "binarybert", "--bits", "1", "--embedding-bits", "2", "--epochs", "1"]),
        ("BinaryBERT, W1A4", ["--scheme", "binarybert", "--bits", "1", "--embedding-bits", "2", "--activation-bits", "4", "--epochs", "1"]),
    ];

    public static IReadOnlyList<OneBitRow> List { get; } = [.. Rows(CalibratedModel.Trec), .. Rows(CalibratedModel.Sst2)];

    private static IEnumerable<OneBitRow> Rows(CalibratedModel teacher) =>
        s_ways.Select(way => new OneBitRow(teacher, way.Method, [.. way.Options, "--learning-rate", "2e-4"], s_seeds));
}
