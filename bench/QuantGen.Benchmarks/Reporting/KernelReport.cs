using BenchmarkDotNet.Configs;

namespace QuantGen.Benchmarks.Reporting;

/// <summary>Columns of suites that multiply: instruction set, 10^9 multiply-adds per second, and how much of what the instructions allow that is.</summary>
public class KernelReport : ManualConfig
{
    public KernelReport()
    {
        AddColumn(new FactColumn("Kernel", "what the kernel uses in the process of this row", (report, _) => Fact.Text(report, Fact.InstructionSet)));
        AddColumn(FactColumn.Rate("GMAC/s", Fact.MultiplyAdds, 1e9, "0"));
        AddColumn(new FactColumn(
            "Roofline",
            "GMAC/s of the kernel's multiply instructions alone, on registers, measured in the process of this row",
            (report, _) => FactColumn.Text(Fact.Number(report, Fact.Roofline) / 1e9, "0")));
        AddColumn(new FactColumn(
            "Of roofline",
            "GMAC/s by Roofline",
            (report, nanoseconds) => FactColumn.Text(Fact.Number(report, Fact.MultiplyAdds) / nanoseconds * 1e9 / Fact.Number(report, Fact.Roofline), "0%")));
    }
}
