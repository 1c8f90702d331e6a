using System.CommandLine;
using QuantGen.Peers.Racing;

namespace QuantGen.Peers.Tests;

/// <summary>Turns, statistics, rows and the command line.</summary>
public class RaceTests
{
    [Fact]
    public void Quantiles_lie_between_the_sorted_values()
    {
        Assert.Equal(2, Statistics.Quantile([3, 1, 2], 0.5));
        Assert.Equal(2.5, Statistics.Quantile([4, 1, 3, 2], 0.5));
        Assert.Equal(2, Statistics.Quantile([1, 2], 1));
        Assert.Equal(new TimeSummary(5, 5, 5, 1), TimeSummary.Of([5.0]));
    }

    [Fact]
    public void Cosine_of_a_vector_with_itself_is_one_and_with_its_opposite_minus_one()
    {
        Assert.Equal(1, Statistics.Cosine([1, 2, 2], [1, 2, 2]), 1e-12);
        Assert.Equal(-1, Statistics.Cosine([1, 2, 2], [-1, -2, -2]), 1e-12);
    }

    [Fact]
    public void Contenders_take_turns_and_warm_up_rounds_are_not_kept()
    {
        var order = new List<char>();
        double[][] times = new Turns(Runs: 3, WarmUps: 2, Burst: 1, PauseMs: 0).Take([new Recorder('a', order), new Recorder('b', order)], default);
        Assert.Equal("ababababab", string.Concat(order));
        Assert.Equal([3, 3], times.Select(each => each.Length));
    }

    [Fact]
    public void Turn_can_be_several_runs()
    {
        var order = new List<char>();
        double[][] times = new Turns(Runs: 3, WarmUps: 0, Burst: 2, PauseMs: 0).Take([new Recorder('a', order), new Recorder('b', order)], default);
        Assert.Equal("aabbaabb", string.Concat(order));
        Assert.Equal([3, 3], times.Select(each => each.Length));
    }

    [Fact]
    public void Quick_run_has_every_row_with_a_target()
    {
        IReadOnlyList<RaceRow> quick = RaceRows.Choose([], quick: true);
        Assert.All(RaceRows.All.Where(row => row.Targets is not null), row => Assert.Contains(row, quick));
        Assert.True(quick.Count < RaceRows.All.Count);
        Assert.All(RaceRows.Choose(["query"], quick: false), row => Assert.True(row.Shape.IsQuestion));
    }

    [Fact]
    public void Rows_of_one_table_differ()
    {
        Assert.Equal(RaceRows.All.Count, RaceRows.All.Select(row => (row.Name, row.Shape.ToString(), row.OurName, row.PeerName)).Distinct().Count());
        RaceRow row = RaceRows.All[1];
        Assert.Equal("W2", row.OurName);
        Assert.Equal("32-bit", (row with { Bits = 32 }).OurName);
        Assert.Equal("W4, 8-bit attention", (row with { Bits = 4, AttentionBits = 8 }).OurName);
        Assert.Equal("W1A1, boolean attention", (row with { Bits = 1, ActivationBits = 1, Attention = AttentionKind.Boolean }).OurName);
    }

    [Fact]
    public void Targets_are_those_of_the_class_of_processors()
    {
        var targets = new Targets(0.56, 0.55);
        Assert.Equal(0.56, targets.For(ProcessorClass.Avx512Vnni));
        Assert.Equal(0.55, targets.For(ProcessorClass.Avx2));
        Assert.Null(targets.For(ProcessorClass.Other));
    }

    [Fact]
    public void Options_are_checked()
    {
        Assert.Equal(15, Read().Runs);
        Assert.Equal(5, Read("--quick").Runs);
        Assert.Equal(7, Read("--quick", "--runs", "7").Runs);
        Assert.Equal(["base-16", "query"], Read("--only", "base-16", "query").Rows.Select(row => row.Name).Distinct());
        Assert.Contains("base-7", Error("--only", "base-7"), StringComparison.Ordinal);
        Assert.Contains("--runs", Error("--runs", "0"), StringComparison.Ordinal);
        Assert.Contains("need each other", Error("--sentences", "x"), StringComparison.Ordinal);
        Assert.Contains("--frobnicate", Error("--frobnicate"), StringComparison.Ordinal);
    }

    private static RaceOptions Read(params string[] args)
    {
        var command = new RaceCommand(args);
        ParseResult parse = command.Parse(args);
        Assert.Empty(parse.Errors);
        return command.Read(parse);
    }

    private static string Error(params string[] args) => string.Join(' ', new RaceCommand(args).Parse(args).Errors.Select(error => error.Message));

    private sealed class Recorder(char name, List<char> order) : IContender
    {
        public void Run() => order.Add(name);

        public void Dispose()
        {
        }
    }
}
