using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using QuantGen.Lanes;
using QuantGen.Schemes;

namespace QuantGen.Quantization;

/// <summary>How one group of trained weights becomes symmetric codes: the definition that training and the packed file share.</summary>
/// <param name="Scale">What a centered code of 1 stands for.</param>
/// <param name="Levels">Levels above zero.</param>
/// <param name="Threshold">For ternary codes the magnitude up to which values become 0; -1 where codes are rounded; negative infinity where they are
/// signs.</param>
internal readonly record struct SchemeFit(float Scale, int Levels, float Threshold)
{
    /// <summary>Fits a group.</summary>
    /// <param name="fitter">Range (largest magnitude), Threshold (a learned one), Ternary or a centered one (ternary rules at 2 bits, else the
    /// largest magnitude).</param>
    /// <param name="bits">Bits of a code, 2 to 8; or 1, the mean magnitude with signs, except for Threshold.</param>
    /// <param name="values">The weights that share a scale.</param>
    /// <param name="alpha">The learned threshold; only Threshold uses it.</param>
    /// <param name="curvature">A positive number per weight for loss-aware ternary codes; empty for none.</param>
    /// <exception cref="ArgumentException">The fitter finds a codebook instead of a scale.</exception>
    public static SchemeFit Of(WeightFitter fitter, int bits, ReadOnlySpan<float> values, float alpha = 0f, ReadOnlySpan<float> curvature = default)
    {
        bool isCentered = fitter is WeightFitter.Centered or WeightFitter.CenteredSigns;
        if (bits == 1 && isCentered)
        {
            float mean = BinaryQuantizer.Mean(values);
            return new SchemeFit(BinaryQuantizer.Scale(values, fitter == WeightFitter.Centered ? mean : 0f), 1, float.NegativeInfinity) { Mean = mean };
        }

        if (bits == 1 && fitter is WeightFitter.Range or WeightFitter.Ternary or WeightFitter.Split)
        {
            return new SchemeFit(BinaryQuantizer.Scale(values), 1, float.NegativeInfinity);
        }

        if (bits == 2 && (isCentered || fitter == WeightFitter.Ternary))
        {
            TernaryFit ternary = curvature.IsEmpty ? TernaryQuantizer.Fit(values) : TernaryQuantizer.FitLossAware(values, curvature);
            return new SchemeFit(MathF.Max(ternary.Scale, QuantizationParameters.SmallestScale), 1, ternary.Threshold);
        }

        QuantizationParameters parameters = fitter switch
        {
            WeightFitter.Threshold => LsqQuantizer.Parameters(alpha, bits),
            _ when isCentered || fitter is WeightFitter.Range or WeightFitter.Ternary => QuantizationParameters.Symmetric(MagnitudeSums.Largest(values), bits),
            _ => throw new ArgumentException($"The fitter {fitter} finds no scale.", nameof(fitter)),
        };
        return new SchemeFit(parameters.Scale, LsqQuantizer.Levels(bits), -1f);
    }

    /// <summary>Gets what signs are told around. Default 0.</summary>
    public float Mean { get; init; }

    private bool IsSign => float.IsNegativeInfinity(Threshold);

    /// <summary>Computes centered codes (code - zero point, at one bit -1 and 1) as floats.</summary>
    /// <param name="values">The weights.</param>
    /// <param name="centered">Receives the codes.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Center(ReadOnlySpan<float> values, Span<float> centered)
    {
        if (centered.Length != values.Length)
        {
            throw new ArgumentException($"The destination holds {centered.Length} elements, and {values.Length} are needed.", nameof(centered));
        }

        if (LanesChoice.Use512)
        {
            Run<Lanes512>(values, centered);
        }
        else if (LanesChoice.Use256)
        {
            Run<Lanes256>(values, centered);
        }
        else if (LanesChoice.Use128)
        {
            Run<Lanes128>(values, centered);
        }
        else
        {
            Run<LanesScalar>(values, centered);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void Run<TLanes>(ReadOnlySpan<float> values, Span<float> centered)
        where TLanes : struct, ILanes<TLanes>
    {
        ref float from = ref MemoryMarshal.GetReference(values);
        ref float to = ref MemoryMarshal.GetReference(centered);
        TLanes scale = TLanes.Broadcast(Scale);
        TLanes highest = TLanes.Broadcast(Levels);
        TLanes threshold = TLanes.Broadcast(Threshold);
        TLanes belowMean = TLanes.Broadcast(MathF.BitDecrement(Mean));
        for (int i = 0; i < values.Length; i += 16)
        {
            int count = Math.Min(16, values.Length - i);
            TLanes value = LanesTail.LoadUpTo<TLanes>(ref from, i, count);
            TLanes code = IsSign
                ? TLanes.SelectGreater(value, belowMean, highest, -highest)
                : Threshold < 0f
                ? TLanes.RoundToEven(TLanes.Max(TLanes.Min(TLanes.NaNToZero(value / scale), highest), -highest))
                : TLanes.SelectGreater(TLanes.Abs(value), threshold, TLanes.CopySign(highest, value), TLanes.Broadcast(0f));
            LanesTail.StoreUpTo(code, ref to, i, count);
        }
    }
}
