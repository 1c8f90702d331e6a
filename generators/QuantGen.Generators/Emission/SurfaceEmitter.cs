using QuantGen.Architectures;
using QuantGen.Execution;
using QuantGen.Generators.Emission.Plans;
using QuantGen.Generators.Specs;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Generators.Emission;

/// <summary>Emits the user's class: what it is, how it is loaded and the task its head allows.</summary>
internal static class SurfaceEmitter
{
    private const string ProgramType = "global::QuantGen.Execution.IEncoderProgram";

    public static string Emit(ModelPlan plan)
    {
        ClassSpec spec = plan.Spec;
        var w = new SourceWriter();
        GeneratedHeader.Write(w);
        if (spec.Namespace.Length > 0)
        {
            using (w.Block("namespace " + spec.Namespace))
            {
                Class(w, plan);
            }
        }
        else
        {
            Class(w, plan);
        }

        return w.ToString();
    }

    private static void Class(SourceWriter w, ModelPlan plan)
    {
        ClassSpec spec = plan.Spec;
        string program = $"global::{spec.ImplementationNamespace}.{spec.Program}";
        DocComment(w, plan);
        w.Lines("""[global::System.CodeDom.Compiler.GeneratedCode("QuantGen", null)]""");
        using (w.Block($"partial class {spec.TypeName} : global::QuantGen.IQuantizedModel<{spec.TypeName}>"))
        {
            w.Lines($$"""
                private readonly global::QuantGen.Execution.InferenceSession _session;

                private {{spec.TypeName}}(global::QuantGen.Execution.InferenceSession session) => _session = session;

                /// <inheritdoc/>
                public static global::QuantGen.Specs.ModelSpec Spec => {{program}}.ModelSpec;

                /// <summary>Gets the loaded model for batches, raw token ids and per-call options.</summary>
                public global::QuantGen.Execution.InferenceSession Session => _session;

                /// <inheritdoc/>
                public static {{spec.TypeName}} Load(string path, global::QuantGen.LoadOptions? options = null) =>
                    new(global::QuantGen.Execution.InferenceSession.Load(path, CreateProgram(), options));

                /// <inheritdoc/>
                public static {{spec.TypeName}} Load(global::System.ReadOnlyMemory<byte> file, global::QuantGen.LoadOptions? options = null) =>
                    new(global::QuantGen.Execution.InferenceSession.Load(file, CreateProgram(), options));

                """);
            foreach (SurfaceMember member in HeadSurface.Of(spec.Model.Head))
            {
                member.Emit(w);
                w.Blank();
            }

            w.Lines($$"""
                /// <inheritdoc/>
                public void Dispose() => _session.Dispose();

                private static {{ProgramType}} CreateProgram() =>
                    {{Create(spec, ProgramType, program + "()")}};
                """);
        }
    }

    /// <summary>Gets the expression that makes an object of generated code once the runtime is known to fit it.</summary>
    /// <param name="spec">The class.</param>
    /// <param name="type">The type the object is used as.</param>
    /// <param name="constructor">The constructor's name and arguments.</param>
    public static string Create(ClassSpec spec, string type, string constructor) => FormattableString.Invariant($"""
        global::QuantGen.Execution.GeneratedCode.Create<{type}>(
                typeof({spec.TypeName}), contract: {GeneratedContract.Version}, generator: "{GeneratedContract.Package}", () => new {constructor})
        """);

    private static void DocComment(SourceWriter w, ModelPlan plan)
    {
        ModelSpec m = plan.Model;
        ModelConfig d = m.Dimensions;
        string family = ModelFamilies.Of(d.Architecture).Name;
        string architecture = ("AEIOU".IndexOf(family[0]) < 0 ? "A " : "An ") + family;
        int[] bits = m.Matrices.SelectMany(x => x.Segments()).Select(s => s.Bits).Distinct().OrderBy(b => b).ToArray();
        string weights = bits.Length == 1 && bits[0] == 32 ? "full-precision weights" : string.Join("- and ", bits) + "-bit weights";
        int[] groups =
            m.Matrices.Where(x => x.HasIntegerProduct).Select(x => x.GroupSize == 0 ? x.GroupCount : x.GroupsAlongInput).Distinct().OrderBy(g => g).ToArray();
        string granularity = groups.Length == 0 ? string.Empty
            : m.Matrices.Any(x => x.GroupSize > 0) ? $", a scale for every {SizeText(m)} inputs of a row"
            : $", {string.Join(" or ", groups)} scale{(groups.Length == 1 && groups[0] == 1 ? string.Empty : "s")} per matrix";
        granularity += m.Matrices.Any(x => x.HasCodebook) ? ", a codebook per matrix" : string.Empty;
        granularity += m.Matrices.Any(x => x.IsPair) ? " of a pair" : string.Empty;
        w.Lines(FormattableString.Invariant($"/// <summary>{architecture} with {d.Layers} layers, hidden size {d.HiddenSize}, ")
            + FormattableString.Invariant($"{weights}{granularity} and {m.EmbeddingBits}-bit word embeddings.</summary>"));
    }

    private static string SizeText(ModelSpec model) => string.Join(
        " or ", model.Matrices.Select(x => x.GroupSize).Where(size => size > 0).Distinct().OrderBy(size => size));
}
