namespace QuantGen.Peers.Racing;

/// <summary>The most that a row should come to, for each class of processors.</summary>
/// <param name="Avx512Vnni">With AVX-512 and VNNI.</param>
/// <param name="Avx2">With AVX2 and without VNNI.</param>
/// <param name="IsTime">Whether that is a time of QuantGen in milliseconds; otherwise it is the ratio of medians.</param>
internal sealed record Targets(double Avx512Vnni, double Avx2, bool IsTime = false)
{
    /// <summary>Gets that of a class; null where there is none.</summary>
    public double? For(ProcessorClass processor) => processor switch
    {
        ProcessorClass.Avx512Vnni => Avx512Vnni,
        ProcessorClass.Avx2 => Avx2,
        _ => null,
    };
}
