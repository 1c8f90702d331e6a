using QuantGen.Quantization;
using QuantGen.Trainable;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>
/// Dropout by the device's random numbers. They begin anew in every step, from the seed and the step, so that a resumed run draws
/// what an uninterrupted one draws.
/// </summary>
/// <param name="forward">Seed and step.</param>
/// <param name="device">The device.</param>
internal sealed class TorchDropout(ForwardOptions forward, Device device) : IDisposable
{
    private Generator? _random;

    /// <summary>Clears elements and multiplies the others by 1 / (1 - rate).</summary>
    /// <param name="values">The values.</param>
    /// <param name="rate">The share to clear.</param>
    public Tensor Drop(Tensor values, float rate)
    {
        if (rate <= 0f)
        {
            return values;
        }

        _random ??= new Generator(CounterRandom.Bits(forward.Seed, (ulong)forward.Step), device);
        Tensor kept = zeros(values.shape, ScalarType.Float32, device).bernoulli_(1.0 - rate, _random);
        return values * kept.mul_(1f / (1f - rate));
    }

    public void Dispose() => _random?.Dispose();
}
