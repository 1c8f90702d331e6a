using QuantGen.Generators.Emission.Plans;
using QuantGen.Generators.Specs;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Generators.Emission;

/// <summary>Emits the user's class: what it is, how it is loaded and the task its head allows.</summary>
internal static class SurfaceEmitter
{
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
                    new(global::QuantGen.Execution.InferenceSession.Load(path, new {{program}}(), options));

                /// <inheritdoc/>
                public static {{spec.TypeName}} Load(global::System.ReadOnlyMemory<byte> file, global::QuantGen.LoadOptions? options = null) =>
                    new(global::QuantGen.Execution.InferenceSession.Load(file, new {{program}}(), options));

                """);
            Task(w, spec.Model.Head);
            w.Lines("""

                /// <inheritdoc/>
                public void Dispose() => _session.Dispose();
                """);
        }
    }

    private static void DocComment(SourceWriter w, ModelPlan plan)
    {
        ModelSpec m = plan.Model;
        ModelConfig d = m.Dimensions;
        string architecture = d.Architecture == BertArchitecture.Albert ? "An ALBERT" : "A BERT";
        int[] bits = m.Matrices.SelectMany(x => x.Segments()).Select(s => s.Bits).Distinct().OrderBy(b => b).ToArray();
        string weights = bits.Length == 1 && bits[0] == 32 ? "full-precision weights" : string.Join("- and ", bits) + "-bit weights";
        int[] groups = m.Matrices.Where(x => x.HasIntegerProduct).Select(x => x.GroupSize == 0 ? x.GroupCount : x.GroupsAlongInput).Distinct().OrderBy(g => g).ToArray();
        string granularity = groups.Length == 0 ? string.Empty
            : m.Matrices.Any(x => x.GroupSize > 0) ? $", a scale for every {SizeText(m)} inputs of a row"
            : $", {string.Join(" or ", groups)} scale{(groups.Length == 1 && groups[0] == 1 ? string.Empty : "s")} per matrix";
        granularity += m.Matrices.Any(x => x.HasCodebook) ? ", a codebook per matrix" : string.Empty;
        long bytes = PackedLayout.Packed(m).Sum(t => t.Bytes);
        w.Lines(FormattableString.Invariant($"""
            /// <summary>{architecture} with {d.Layers} layers, hidden size {d.HiddenSize}, {weights}{granularity} and {m.EmbeddingBits}-bit word embeddings.</summary>
            /// <remarks>A packed file has {bytes:N0} bytes of tensors beside its vocabulary. Spec {m.Sha256}.</remarks>
            """));
    }

    private static string SizeText(ModelSpec model) => string.Join(
        " or ", model.Matrices.Select(x => x.GroupSize).Where(size => size > 0).Distinct().OrderBy(size => size));

    private static void Task(SourceWriter w, BertHead head)
    {
        const string Options = "global::QuantGen.CallOptions? options = null";
        string text = head switch
        {
            BertHead.SequenceClassification => $"""
                /// <summary>Classifies a text or a pair of texts.</summary>
                /// <param name="text">The text.</param>
                /// <param name="pair">The second text of a pair.</param>
                /// <param name="options">Threads and truncation; null for defaults.</param>
                public global::QuantGen.Tasks.Prediction Classify(string text, string? pair = null, {Options}) =>
                    _session.Classify(text, pair, options);
                """,
            BertHead.Regression => $"""
                /// <summary>Computes the real output for a text or a pair of texts.</summary>
                /// <param name="text">The text.</param>
                /// <param name="pair">The second text of a pair.</param>
                /// <param name="options">Threads and truncation; null for defaults.</param>
                public float Regress(string text, string? pair = null, {Options}) =>
                    _session.Regress(text, pair, options);
                """,
            BertHead.TokenClassification => $"""
                /// <summary>Labels the tokens of a text.</summary>
                /// <param name="text">The text.</param>
                /// <param name="options">Threads and truncation; null for defaults.</param>
                public global::System.Collections.Generic.IReadOnlyList<global::QuantGen.Tasks.TokenTag> TagTokens(string text, {Options}) =>
                    _session.TagTokens(text, options);

                /// <summary>Labels the words of a text, each by its first piece.</summary>
                /// <param name="text">The text.</param>
                /// <param name="options">Threads and truncation; null for defaults.</param>
                public global::System.Collections.Generic.IReadOnlyList<global::QuantGen.Tasks.WordTag> TagWords(string text, {Options}) =>
                    _session.TagWords(text, options);
                """,
            BertHead.QuestionAnswering => $"""
                /// <summary>Finds the answer to a question inside a context.</summary>
                /// <param name="question">The question.</param>
                /// <param name="context">The text that holds the answer.</param>
                /// <param name="answer">Answer length and windows; null for defaults.</param>
                /// <param name="options">Threads; null for defaults.</param>
                public global::QuantGen.Tasks.Answer Answer(string question, string context, global::QuantGen.Tasks.AnswerOptions? answer = null, {Options}) =>
                    _session.Answer(question, context, answer, options);
                """,
            BertHead.MaskedLanguageModel => $"""
                /// <summary>Finds the likeliest words for every mask token of a text.</summary>
                /// <param name="text">The text, with one mask token or more.</param>
                /// <param name="top">How many words for each.</param>
                /// <param name="options">Threads and truncation; null for defaults.</param>
                public global::System.Collections.Generic.IReadOnlyList<global::System.Collections.Generic.IReadOnlyList<global::QuantGen.Tasks.MaskedWord>> FillMask(string text, int top = 5, {Options}) =>
                    _session.FillMask(text, top, options);
                """,
            _ => $"""
                /// <summary>Computes one vector for a text.</summary>
                /// <param name="text">The text.</param>
                /// <param name="embed">Pooling and normalization; null for defaults.</param>
                /// <param name="options">Threads and truncation; null for defaults.</param>
                public float[] Embed(string text, global::QuantGen.Tasks.EmbedOptions? embed = null, {Options}) =>
                    _session.Embed(text, embed, options);
                """,
        };
        w.Lines(text);
    }
}
