using System.CommandLine;
using QuantGen.Cli.Compilation;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Models;
using QuantGen.Execution;
using QuantGen.Tasks;

namespace QuantGen.Cli.Options;

/// <summary>The options of every command that computes with a model.</summary>
internal sealed class SessionOptions
{
    public Option<int?> Threads { get; } = CliOption.OptionalNumber(
        "--threads", "The most threads. Results do not depend on it. [default: all processors]", least: 1, most: 1024);

    public Option<int?> MaxLength { get; } = CliOption.OptionalNumber(
        "--max-length",
        "Truncate texts to this many tokens, special ones included; without it a text that is too long is an error. " +
            "Contexts of questions are read in windows of it.",
        least: 3);

    public Option<int> BatchTokens { get; } = CliOption.Number(
        "--batch-tokens", "The most tokens computed together. Results do not depend on it.", CompilationTarget.DefaultBatchTokens, least: 1, most: 1 << 20);

    public Option<bool> NoCache { get; } = new("--no-cache") { Description = "Compile the model anew, and do not keep the result for the next time." };

    public Option<EnsembleVote?> Vote { get; } = CliOption.Choice<EnsembleVote>(
        "--vote", "Ensembles: outputs are weighted means of the members' (weighted), or each member's class counts its weight (votes) or once (majority).",
        absent: null);

    public void AddTo(Command command)
    {
        command.Add(Vote);
        command.Add(Threads);
        command.Add(MaxLength);
        command.Add(BatchTokens);
        command.Add(NoCache);
    }

    /// <summary>Gets the length to truncate to, which a model cannot exceed.</summary>
    /// <exception cref="UsageException">It is longer than the model's longest sequence.</exception>
    public static int? Limit(int? maxLength, InferenceSession session) => Limit(maxLength, session.MaxSequenceLength);

    /// <summary>Gets the length to truncate to, which a model that takes so many tokens cannot exceed.</summary>
    /// <exception cref="UsageException">It is longer than that.</exception>
    public static int? Limit(int? maxLength, int most) => maxLength > most
        ? throw new UsageException(FormattableString.Invariant($"--max-length is {maxLength}, and this model takes at most {most} tokens"))
        : maxLength;

    public SessionLoader Loader(OptionValues values, OutputActivation? activation = null) =>
        new(values.Get(BatchTokens), values.Get(Threads), !values.Get(NoCache)) { Activation = activation, Vote = values.Get(Vote) };
}
