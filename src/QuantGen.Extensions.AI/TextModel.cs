using QuantGen.Execution;

namespace QuantGen.Extensions.AI;

/// <summary>A loaded model behind the interfaces of its head: calls are joined to batches and told of.</summary>
/// <typeparam name="TInput">What one text of a call is.</typeparam>
/// <typeparam name="TOutput">What becomes of it.</typeparam>
internal abstract class TextModel<TInput, TOutput>
{
    private readonly BatchQueue<TInput, TOutput> _queue;
    private readonly string _operation;
    private readonly string _modelId;

    protected TextModel(InferenceSession session, ModelServiceOptions options, BertHead head, string operation)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (session.Spec.Head != head)
        {
            throw new InvalidOperationException($"a model with the head {head} is needed, and this model has the head {session.Spec.Head}");
        }

        Session = session;
        Options = options;
        Call = new CallOptions { MaxLength = options.MaxLength };
        _operation = operation;
        _modelId = options.Name;
        _queue = new BatchQueue<TInput, TOutput>(Compute, options.MaxBatchTexts, options.ConcurrentBatches);
    }

    protected InferenceSession Session { get; }

    protected ModelServiceOptions Options { get; }

    protected CallOptions Call { get; }

    protected abstract IReadOnlyList<TOutput> Compute(IReadOnlyList<TInput> inputs, CancellationToken cancellation);

    protected Task<IReadOnlyList<TOutput>> RunAsync(IReadOnlyList<TInput> inputs, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return QuantGenTelemetry.TellAsync(_operation, _modelId, _ => _queue.RunAsync(inputs, cancellation));
    }
}
