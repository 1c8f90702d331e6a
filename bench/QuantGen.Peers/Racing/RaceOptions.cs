using System.Text.Json.Serialization;

namespace QuantGen.Peers.Racing;

/// <summary>What the command line says about a race.</summary>
internal sealed record RaceOptions
{
    /// <summary>Gets the rows to run.</summary>
    [JsonIgnore]
    public IReadOnlyList<RaceRow> Rows { get; init; } = [];

    /// <summary>Gets whether opponents are taken untried.</summary>
    public bool IsQuick { get; init; }

    /// <summary>Gets how many times are kept of each side.</summary>
    public int Runs { get; init; } = 15;

    /// <summary>Gets the runs in a row before the other side's turn.</summary>
    public int Burst { get; init; } = 1;

    /// <summary>Gets the rest between turns in milliseconds.</summary>
    public int PauseMs { get; init; } = 100;

    /// <summary>Gets which weights are drawn.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>Gets the file of texts; null for none.</summary>
    public string? Sentences { get; init; }

    /// <summary>Gets the vocabulary of those texts.</summary>
    public string? Vocabulary { get; init; }

    /// <summary>Gets the folder of a sentence encoder; null for none.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the folder of a trained classifier that graphs are compared with first; null for none.</summary>
    public string? Verify { get; init; }
}
