using System.Globalization;
using QuantGen.Cli.Reporting;
using QuantGen.Execution;
using QuantGen.Linear;
using QuantGen.Specs;

namespace QuantGen.Cli.Measuring;

/// <summary>Shows where the time of a call goes.</summary>
internal static class ExplanationReport
{
    /// <summary>Gets the members of the JSON form.</summary>
    public static object Json(Explanation explanation) => new
    {
        explanation.Threads,
        PassMs = Math.Round(explanation.Whole.Milliseconds, 4),
        Operators = explanation.Operators.Select(row => new
        {
            Operator = Key(row),
            Ms = Math.Round(row.Milliseconds, 4),
            Share = Math.Round(row.Share, 6),
            Macs = row.MultiplyAdds,
            GmacsPerSecond = Rounded(row.GmacsPerSecond, 2),
            RooflineGmacsPerSecond = Rounded(row.RooflineGmacsPerSecond, 2),
            RooflineShare = Rounded(row.Reached, 4),
        }),
        Rooflines = explanation.Units.Select(unit => new
        {
            Unit = SpecNames.Of(unit.Unit),
            unit.Bits,
            unit.MacsPerInstruction,
            GmacsPerSecond = Math.Round(unit.GmacsPerSecond, 2),
        }),
    };

    /// <summary>Writes two tables: the classes, and what their kernels multiply with.</summary>
    public static void Write(Report report, Explanation explanation)
    {
        var table = new TextTable("operator", "ms", "share", "GMAC/s", "roofline", "reached");
        foreach (OperatorRow row in explanation.Operators.Append(explanation.Whole))
        {
            table.Add(
                row.Operator is null ? "whole pass" : Title(row.Operator.Value),
                Text(row.Milliseconds, "0.000"),
                Text(100 * row.Share, "0.0") + "%",
                Text(row.GmacsPerSecond, "0.0"),
                Text(row.RooflineGmacsPerSecond, "0.0"),
                row.Reached is double reached ? Text(100 * reached, "0.0") + "%" : "-");
        }

        report.Line(string.Empty);
        report.Table(table);
        report.Line(string.Empty);
        var units = new TextTable("roofline of one thread", "bits", "MACs each", "GMAC/s");
        foreach (MeasuredUnit unit in explanation.Units)
        {
            units.Add(UnitRows.Of(unit.Unit).Title, Text(unit.Bits, "0"), Text(unit.MacsPerInstruction, "0"), Text(unit.GmacsPerSecond, "0.0"));
        }

        report.Table(units);
        report.Line(explanation.Threads == 1
            ? "explained on 1 thread"
            : string.Create(
                CultureInfo.InvariantCulture, $"explained on {explanation.Threads} threads: ms are the mean of the threads, GMAC/s those of one thread"));
    }

    private static string Key(OperatorRow row) => SpecNames.Of(row.Operator!.Value);

    private static double? Rounded(double? value, int digits) => value is double number ? Math.Round(number, digits) : null;

    private static string Text(double? value, string format) => value is double number ? number.ToString(format, CultureInfo.InvariantCulture) : "-";

    private static string Title(OperatorClass operators) => operators switch
    {
        OperatorClass.Embedding => "embedding",
        OperatorClass.ActivationCodes => "activations to codes",
        OperatorClass.QueryKeyValue => "query, key, value",
        OperatorClass.Attention => "attention",
        OperatorClass.AttentionOutput => "attention output",
        OperatorClass.LayerNorm => "add and LayerNorm",
        OperatorClass.FeedForwardIn => "feed-forward in",
        OperatorClass.Activation => "activation function",
        OperatorClass.FeedForwardOut => "feed-forward out",
        OperatorClass.Head => "head",
        _ => "wait",
    };
}
