using QuantGen.Generators.Emission.Plans;
using System.Globalization;
using QuantGen.Generators.Specs;
using QuantGen.Specs;

namespace QuantGen.Generators.Emission;

/// <summary>Emits the model's canonical description and the byte ledger, for the loader and for reviewers.</summary>
internal static class SpecEmitter
{
    public static string Emit(ModelPlan plan)
    {
        ClassSpec spec = plan.Spec;
        var w = new SourceWriter();
        GeneratedHeader.Write(w);
        using (GeneratedHeader.Implementation(w, spec, "QuantGen.Specs"))
        {
            Ledger(w, plan);
            using (w.Block($"internal sealed partial class {spec.Program}"))
            {
                w.Lines($$"""
                    /// <summary>The SHA-256 of the canonical description; a packed file carries the same.</summary>
                    public const string SpecSha256 = "{{spec.Model.Sha256}}";

                    /// <summary>The description; the loader compares it with the packed file's.</summary>
                    internal static ModelSpec ModelSpec { get; } = SpecJson.Read(CanonicalSpec(SpecText));

                    private const string SpecText = {{"\"\"\""}}
                    """);
                using (w.Indented())
                {
                    w.Lines(SpecJson.Write(spec.Model, indented: true));
                    w.Lines("\"\"\";");
                }

                w.Lines("""

                    // The text above is broken into lines for reviewers; the canonical form has no white space, and no name holds any.
                    private static string CanonicalSpec(string text) => string.Concat(text.Split(' ', '\n', '\r'));
                    """);
            }
        }

        return w.ToString();
    }

    // A comment rather than code: nothing reads it but people.
    private static void Ledger(SourceWriter w, ModelPlan plan)
    {
        IReadOnlyList<TensorSpec> tensors = PackedLayout.Packed(plan.Model);
        w.Lines("// Byte ledger of the packed file, vocabulary and header excepted.");
        foreach (IGrouping<TensorClass, TensorSpec> group in tensors.GroupBy(t => t.Class).OrderBy(g => g.Key))
        {
            w.Lines(Row(SpecNames.Of(group.Key), group.Sum(t => t.Bytes)));
        }

        w.Lines(Row("total", tensors.Sum(t => t.Bytes)));
        w.Blank();
    }

    private static string Row(string name, long bytes) =>
        string.Format(CultureInfo.InvariantCulture, "//   {0,-12} {1,15:N0}", name, bytes);
}
