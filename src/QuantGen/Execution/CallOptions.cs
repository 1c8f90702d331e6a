using QuantGen.Execution;
using QuantGen.Tasks;

namespace QuantGen;

/// <summary>What a program decides for one call of a model. Results never depend on <see cref="Threads"/>.</summary>
public sealed record CallOptions
{
    /// <summary>
    /// Gets the most threads the call uses, the calling thread included, at most <see cref="LoadOptions.Threads"/>; null, the default, means that
    /// number divided by the calls that are running.
    /// </summary>
    public int? Threads { get; init; }

    /// <summary>
    /// Gets the tokens, special ones included, to which longer texts are truncated; null, the default, means that a text longer than the
    /// model allows throws <see cref="SequenceTooLongException"/>. Token ids that are passed directly are never truncated.
    /// </summary>
    public int? MaxLength { get; init; }

    /// <summary>
    /// Gets how the outputs of the windows of a long text are joined when it is classified or regressed; null, the default, reads no windows. Windows have
    /// <see cref="MaxLength"/> tokens, or as many as the model takes, and share a quarter of them; of a pair the second text is read in windows.
    /// </summary>
    public WindowPooling? Windows { get; init; }

    /// <summary>
    /// Gets what ends the call early, with an <see cref="OperationCanceledException"/>: while it waits for its turn, between texts, and before each
    /// phase of a pass. The session can be used as before, and what was written to outputs by then means nothing. Default: none.
    /// </summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Gets what adds up where the time of the call goes; null, the default, for nothing. It belongs to one call at a time.</summary>
    public OperatorProfile? Profile { get; init; }

    /// <summary>Gets whether the call has waited for its turn before it began, so that it must not wait again.</summary>
    internal bool HasTurn { get; init; }
}
