using QuantGen.Quantization;
using QuantGen.Trainable;
using global::TorchSharp;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>
/// Dropout by the device's random numbers. They begin anew in every step and layer, from the seed, the step and the layer, so that a resumed run draws
/// what an uninterrupted one draws, and a layer that is computed once more what it drew before. Parts of a batch draw each their own.
/// </summary>
/// <param name="forward">Seed, step and part.</param>
/// <param name="device">The device.</param>
internal sealed class TorchDropout(ForwardOptions forward, Device device) : IDisposable
{
    private Generator? _random;
    private int _place;

    /// <summary>Begins a layer or the head.</summary>
    /// <param name="place">Which; what is dropped before the first layer has place 0.</param>
    public void Begin(int place)
    {
        _place = place;
        Dispose();
        _random = null;
    }

    /// <summary>Clears elements and multiplies the others by 1 / (1 - rate).</summary>
    /// <param name="values">The values.</param>
    /// <param name="rate">The share to clear.</param>
    public Tensor Drop(Tensor values, float rate)
    {
        if (rate <= 0f)
        {
            return values;
        }

        // Of what the backward pass needs a byte is kept for each element.
        using DisposeScope scope = NewDisposeScope();
        _random ??= new Generator(Key(), device);
        Tensor dropped = zeros(values.shape, ScalarType.Float32, device).bernoulli_(1.0 - rate, _random).eq(0f);
        return scope.MoveToOuter(values.masked_fill(dropped, 0f).mul_(1f / (1f - rate)));
    }

    public void Dispose() => _random?.Dispose();

    private ulong Key()
    {
        ulong layer = CounterRandom.Bits(CounterRandom.Bits(forward.Seed, (ulong)forward.Step), (ulong)_place);
        return forward.Part.IsFirst ? layer : CounterRandom.Bits(layer, (ulong)forward.Part.Before.Sequences);
    }
}
