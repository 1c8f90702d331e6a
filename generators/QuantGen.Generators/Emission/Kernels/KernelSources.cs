using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Generators.Emission.Kernels;

/// <summary>The kernels of a compilation: one file per variant that any of its classes uses, whatever the shapes of its matrices.</summary>
internal static class KernelSources
{
    /// <summary>Namespace of all kernels; the library has nothing there.</summary>
    public const string Namespace = "QuantGen.Generated.Kernels";

    /// <summary>Emits a kernel.</summary>
    public static IEnumerable<EmittedFile> Emit(KernelVariant variant)
    {
        string text = variant.IsFullPrecision ? FloatKernelEmitter.Emit()
            : variant.HasCodebook ? CodebookKernelEmitter.Emit(variant)
            : QuantizedKernelEmitter.Emit(variant);
        yield return new EmittedFile($"QuantGen.Kernels.{variant.Suffix}.g.cs", text);
    }

    /// <summary>Gets the variants that a model uses, narrow ones first.</summary>
    public static EquatableArray<KernelVariant> InUse(ModelSpec model) => Union(model.Matrices
        .SelectMany(m => m.Segments().Select(s => KernelVariant.Of(model, m, s.Bits)))
        .SelectMany(k => k.HasCodebook ? new[] { k, KernelVariant.FullPrecision } : new[] { k }));

    /// <summary>Gets each variant once, in an order that does not depend on the order of classes.</summary>
    public static EquatableArray<KernelVariant> Union(IEnumerable<KernelVariant> variants) =>
        new(variants.Distinct().OrderBy(k => k.Bits).ThenBy(k => k.Suffix, StringComparer.Ordinal).ToArray());
}
