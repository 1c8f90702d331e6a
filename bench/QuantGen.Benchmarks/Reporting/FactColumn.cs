using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace QuantGen.Benchmarks.Reporting;

/// <summary>A column that is made of facts (<see cref="Fact"/>) and the median time.</summary>
/// <param name="name">Its header.</param>
/// <param name="legend">What it says.</param>
/// <param name="value">Makes the text; null becomes a dash. It takes the report and the median nanoseconds.</param>
internal sealed class FactColumn(string name, string legend, Func<BenchmarkReport, double, string?> value) : IColumn
{
    public string Id => $"{nameof(FactColumn)}.{name}";

    public string ColumnName => name;

    public string Legend => legend;

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    /// <summary>Makes a column of how much of a fact is done in a second.</summary>
    /// <param name="name">Its header.</param>
    /// <param name="fact">What is counted.</param>
    /// <param name="unit">How much of it is one, such as 1e9.</param>
    /// <param name="format">The format of the number.</param>
    public static FactColumn Rate(string name, string fact, double unit, string format) => new(
        name,
        $"{fact} of one operation, by its median time",
        (report, nanoseconds) => Text(Fact.Number(report, fact) / nanoseconds * 1e9 / unit, format));

    public static string? Text(double? number, string format) => number?.ToString(format, CultureInfo.InvariantCulture);

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) =>
        summary[benchmarkCase] is { ResultStatistics: { } statistics } report ? value(report, statistics.Median) ?? "-" : "-";

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public bool IsAvailable(Summary summary) => true;
}
