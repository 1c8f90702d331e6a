using System.Diagnostics;
using System.Globalization;
using QuantGen.Benchmarks.Data;
using QuantGen.Cli.Measuring;
using QuantGen.Cli.Reporting;

namespace QuantGen.Benchmarks.Maps;

/// <summary>Times the linear maps of BERT-base on one thread and writes a table.</summary>
internal static class LinearMapsTable
{
    // What the just-in-time compiler and the processor's clock need.
    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(300);

    /// <summary>Measures and writes.</summary>
    /// <param name="bits">Widths of weights.</param>
    /// <param name="tokens">Tokens of a pass.</param>
    /// <param name="runs">Rounds. In each of them every width has one turn, so that whatever disturbs the machine meets all.</param>
    /// <param name="output">Where the table goes.</param>
    public static void Write(IReadOnlyList<int> bits, IReadOnlyList<int> tokens, int runs, TextWriter output)
    {
        // One-bit weights meet activations of 8 bits and of one.
        (int Weights, int Activations)[] widths = [.. bits.SelectMany(ActivationsOf)];
        LayerStack[] stacks = [.. widths.Select(width => new LayerStack(width.Weights, tokens.Max(), LayerStack.BertBase, width.Activations))];
        var table = new TextTable("bits", "activations", "instruction set", "tokens", "median ms", "GMAC/s", "bar", "of the bar");
        foreach (int count in tokens)
        {
            double[] medians = Medians(stacks, count, runs);
            for (int i = 0; i < stacks.Length; i++)
            {
                table.Add(Row(widths[i], count, medians[i], stacks[i].MultiplyAddsPerToken * count / medians[i] / 1e6));
            }
        }

        table.Write(output);
        foreach (LayerStack stack in stacks)
        {
            stack.Dispose();
        }
    }

    private static double[] Medians(LayerStack[] stacks, int tokens, int runs)
    {
        foreach (LayerStack stack in stacks)
        {
            var watch = Stopwatch.StartNew();
            do
            {
                stack.Multiply(tokens);
            }
            while (watch.Elapsed < s_warmUp);
        }

        double[][] milliseconds = [.. stacks.Select(_ => new double[runs])];
        for (int run = 0; run < runs; run++)
        {
            for (int i = 0; i < stacks.Length; i++)
            {
                long start = Stopwatch.GetTimestamp();
                stacks[i].Multiply(tokens);
                milliseconds[i][run] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        }

        return [.. milliseconds.Select(times => Measurement.Median([.. times.Order()]))];
    }

    private static IEnumerable<(int Weights, int Activations)> ActivationsOf(int bits) => bits switch
    {
        1 => [(1, 8), (1, 1)],
        32 => [(32, 32)],
        _ => [(bits, 8)],
    };

    private static string[] Row((int Weights, int Activations) width, int tokens, double ms, double gmacs)
    {
        double? bar = SpeedBar.Gmacs(width.Weights, width.Activations, tokens);
        return
        [
            Text(width.Weights, "0"), Text(width.Activations, "0"), GeneratedKernel.InstructionSetOf(width.Weights, width.Activations), Text(tokens, "0"),
            Text(ms, "0.000"), Text(gmacs, "0"),
            Text(bar, "0"), Text(gmacs / bar, "0%"),
        ];
    }

    private static string Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? string.Empty;
}
