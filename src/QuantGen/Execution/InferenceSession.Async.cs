using QuantGen.Tasks;

namespace QuantGen.Execution;

/// <content>Calls that wait for their turn without a thread, and compute on the thread pool.</content>
public sealed partial class InferenceSession
{
    /// <summary>As <see cref="Classify(IReadOnlyList{TextInput}, CallOptions?, CancellationToken)"/>, off the calling thread.</summary>
    /// <param name="texts">The texts or pairs; they must not change before the task ends.</param>
    /// <param name="options">Threads, truncation and cancellation; null for defaults.</param>
    /// <returns>A prediction for each, in order.</returns>
    public Task<IReadOnlyList<Prediction>> ClassifyAsync(IReadOnlyList<TextInput> texts, CallOptions? options = null) =>
        InTurnAsync(own => Classify(texts, own), options);

    /// <summary>As <see cref="Regress(IReadOnlyList{TextInput}, CallOptions?, CancellationToken)"/>, off the calling thread.</summary>
    /// <param name="texts">The texts or pairs; they must not change before the task ends.</param>
    /// <param name="options">Threads, truncation and cancellation; null for defaults.</param>
    /// <returns>An output for each, in order.</returns>
    public Task<float[]> RegressAsync(IReadOnlyList<TextInput> texts, CallOptions? options = null) => InTurnAsync(own => Regress(texts, own), options);

    /// <summary>As <see cref="Embed(IReadOnlyList{TextInput}, EmbedOptions?, CallOptions?, CancellationToken)"/>, off the calling thread.</summary>
    /// <param name="texts">The texts or pairs; they must not change before the task ends.</param>
    /// <param name="embed">Pooling; null for defaults.</param>
    /// <param name="options">Threads, truncation and cancellation; null for defaults.</param>
    /// <returns>A vector for each, in order.</returns>
    public Task<float[][]> EmbedAsync(IReadOnlyList<TextInput> texts, EmbedOptions? embed = null, CallOptions? options = null) =>
        InTurnAsync(own => Embed(texts, embed, own), options);

    // A turn is one of the session's concurrent calls: whoever has it finds a workspace without waiting.
    private async Task<T> InTurnAsync<T>(Func<CallOptions, T> call, CallOptions? options)
    {
        CallOptions own = (options ?? s_callDefaults) with { HasTurn = true };
        await _pool.WaitForTurnAsync(own.CancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => call(own), own.CancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _pool.EndTurn();
        }
    }
}
