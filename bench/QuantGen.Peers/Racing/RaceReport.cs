using QuantGen.Peers.Graphs;

namespace QuantGen.Peers.Racing;

/// <summary>What came of a row.</summary>
/// <param name="Row">The row.</param>
/// <param name="Ours">QuantGen's times.</param>
/// <param name="Peers">The opponent's.</param>
/// <param name="Target">What the row should come to on this processor; null for nothing.</param>
/// <param name="AllocatedBytes">What a run of QuantGen allocates on the managed heap.</param>
/// <param name="Recipe">The opponent.</param>
/// <param name="OurTimes">Every time of QuantGen in milliseconds.</param>
/// <param name="PeerTimes">Every time of the opponent.</param>
internal sealed record RaceResult(
    RaceRow Row, TimeSummary Ours, TimeSummary Peers, double? Target, double AllocatedBytes, Recipe Recipe, IReadOnlyList<double> OurTimes,
    IReadOnlyList<double> PeerTimes)
{
    /// <summary>Gets when it was measured, and the commit of what was.</summary>
    public string Measured { get; init; } = string.Empty;

    /// <summary>Gets QuantGen's median divided by the opponent's.</summary>
    public double Ratio => Ours.Median / Peers.Median;

    /// <summary>Gets whether the target is met; null where there is none.</summary>
    public bool? IsMet => Target is double target ? (Row.Targets!.IsTime ? Ours.Median : Ratio) <= target : null;
}

/// <summary>A graph that was tried.</summary>
/// <param name="Recipe">Its operators.</param>
/// <param name="LowerQuartile">Of its times in milliseconds; whatever else uses the machine only adds time. Null where it was taken untried.</param>
internal sealed record TriedGraph(Recipe Recipe, double? LowerQuartile);

/// <summary>How the opponent of some rows was chosen.</summary>
/// <param name="Row">The name of the rows.</param>
/// <param name="Shape">What a run computes.</param>
/// <param name="Peer">What the opponent rounds.</param>
/// <param name="Tried">The graphs, fastest first.</param>
internal sealed record Opponent(string Row, RowShape Shape, string Peer, IReadOnlyList<TriedGraph> Tried);

/// <summary>How near an opponent's hidden states are to exact ones.</summary>
/// <param name="Model">The model they were compared on.</param>
/// <param name="Recipe">The opponent.</param>
/// <param name="Cosine">With the exact graph of the weights as they are.</param>
/// <param name="RoundedCosine">With the exact graph of the weights as the opponent rounds them; null where that was not needed.</param>
internal sealed record GraphCheck(string Model, Recipe Recipe, double Cosine, double? RoundedCosine);

/// <summary>How near a graph's logits are to those of a trained checkpoint.</summary>
/// <param name="Recipe">The graph.</param>
/// <param name="Difference">The largest difference of a logit.</param>
/// <param name="Agreement">The share of texts with the same label.</param>
/// <param name="Texts">How many texts there are.</param>
internal sealed record Verification(Recipe Recipe, double Difference, double Agreement, int Texts);

/// <summary>Everything a race found.</summary>
internal sealed record RaceReport
{
    public required string Command { get; init; }

    public required IReadOnlyDictionary<string, string> Machine { get; init; }

    public required RaceOptions Settings { get; init; }

    public required IReadOnlyDictionary<string, string> Session { get; init; }

    public required IReadOnlyList<RaceResult> Results { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }

    public required IReadOnlyList<Opponent> Opponents { get; init; }

    public required IReadOnlyList<GraphCheck> Checks { get; init; }

    public required IReadOnlyList<Verification> Verification { get; init; }

    /// <summary>Adds what a former race found of other groups, in the order of the table.</summary>
    /// <param name="former">The former race; null for none. One with other settings is left out.</param>
    /// <param name="names">The groups of this race.</param>
    public RaceReport Beside(RaceReport? former, IReadOnlyCollection<string> names)
    {
        if (former is null || former.Settings.IsQuick || (Settings.IsQuick, Settings.Runs, Settings.Burst, Settings.PauseMs, Settings.Seed)
            != (false, former.Settings.Runs, former.Settings.Burst, former.Settings.PauseMs, former.Settings.Seed))
        {
            return this;
        }

        string[] order = [.. RaceRows.Names];
        return this with
        {
            Results =
            [
                .. former.Results.Where(result => !names.Contains(result.Row.Name)).Concat(Results).OrderBy(result => Array.IndexOf(order, result.Row.Name)),
            ],
            Opponents =
            [
                .. former.Opponents.Where(opponent => !names.Contains(opponent.Row)).Concat(Opponents).OrderBy(each => Array.IndexOf(order, each.Row)),
            ],
            Checks = [.. former.Checks.Where(check => !Checks.Any(own => (own.Model, own.Recipe) == (check.Model, check.Recipe))), .. Checks],
            Notes = [.. former.Notes.Where(note => !names.Any(name => note.StartsWith(name, StringComparison.Ordinal))), .. Notes],
            Verification = Verification.Count > 0 ? Verification : former.Verification,
        };
    }
}
