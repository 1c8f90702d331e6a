using System.Collections.Concurrent;
using QuantGen.Trainable;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>Batches of states on their way from one module to the next, in their order; buffers are used again.</summary>
internal sealed class StateQueue : IDisposable
{
    private readonly BlockingCollection<float[]> _free = [];
    private readonly BlockingCollection<float[]> _full = [];

    /// <summary>Makes a queue.</summary>
    /// <param name="depth">The most batches in it.</param>
    public StateQueue(int depth)
    {
        for (int i = 0; i < depth; i++)
        {
            _free.Add([]);
        }
    }

    /// <summary>Copies a batch into the queue; waits for room.</summary>
    public void Add(ReadOnlySpan<float> states, CancellationToken cancellation)
    {
        float[] buffer = _free.Take(cancellation);
        states.CopyTo(FloatBuffers.Reserve(ref buffer, states.Length));
        _full.Add(buffer, cancellation);
    }

    /// <summary>Gets the next batch; waits for one. What is longer than the batch holds nothing.</summary>
    public float[] Take(CancellationToken cancellation) => _full.Take(cancellation);

    /// <summary>Gives a buffer back.</summary>
    public void Return(float[] buffer) => _free.Add(buffer);

    public void Dispose()
    {
        _free.Dispose();
        _full.Dispose();
    }
}
