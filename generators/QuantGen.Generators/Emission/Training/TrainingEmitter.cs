using System.Globalization;
using QuantGen.Generators.Emission.Nodes;
using QuantGen.Generators.Emission.Plans;
using QuantGen.Generators.Specs;
using QuantGen.Graph;

namespace QuantGen.Generators.Emission.Training;

/// <summary>Emits the training forward and backward passes: the layers by name, in order, and the same backwards.</summary>
internal static class TrainingEmitter
{
    private const string ModelType = "global::QuantGen.Trainable.ITrainableModel";

    public static string Emit(ModelPlan plan)
    {
        ClassSpec spec = plan.Spec;
        var w = new SourceWriter();
        GeneratedHeader.Write(w);
        Surface(w, spec);
        using (w.Block("namespace " + spec.ImplementationNamespace))
        {
            w.Lines($"""
                using global::System;
                using global::QuantGen;
                using global::QuantGen.Specs;
                using global::QuantGen.Trainable;

                /// <summary>Trains {spec.Name}: a forward pass that keeps what its gradients need, and the backward pass.</summary>
                """);
            using (w.Block($"internal sealed class {spec.Name}Training : TrainableNetwork"))
            {
                PlanEmitter.Shapes(w, plan.Model);
                new TrainingFields(plan).Emit(w);
                Passes(w, plan.Graph);
                Embedding(w, plan.Graph);
                for (int layer = 0; layer < plan.Graph.Layers.Count; layer++)
                {
                    TrainingSteps.Layer(w, plan, layer);
                }

                TrainingSteps.Head(w, plan);
            }
        }

        return w.ToString();
    }

    /// <summary>Names the field of a parameter or site.</summary>
    public static string Field(string name) => "_" + Identifier.Field(name);

    public static string N(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The field of a masked language model's decoder.</summary>
    public const string DecoderField = "_decoder";

    private static void Surface(SourceWriter w, ClassSpec spec)
    {
        void Class()
        {
            using (w.Block($"partial class {spec.TypeName}"))
            {
                w.Lines($"""
                    /// <summary>Creates a model to train; its parameters are zeros until the caller fills them.</summary>
                    /// <param name="options">Threads, dropout and quantizers; null for defaults.</param>
                    public static {ModelType} CreateTrainable(global::QuantGen.Trainable.TrainableOptions? options = null) =>
                        {SurfaceEmitter.Create(spec, ModelType, $"global::{spec.ImplementationNamespace}.{spec.Name}Training(options)")};
                    """);
            }
        }

        if (spec.Namespace.Length == 0)
        {
            Class();
        }
        else
        {
            using (w.Block("namespace " + spec.Namespace))
            {
                Class();
            }
        }

        w.Blank();
    }

    private static void Embedding(SourceWriter w, ModelGraph graph)
    {
        w.Lines("// Word, token type and position, added in that order, normalized and dropped.");
        using (w.Block("private void Embed()"))
        {
            EmbeddingEmitter.Forward(w, graph.Embedding);
        }

        w.Blank();
        w.Lines("// The same backwards: rows of the embeddings that the batch used get gradients.");
        using (w.Block("private void EmbedBackward()"))
        {
            EmbeddingEmitter.Backward(w, graph.Embedding);
        }

        w.Blank();
    }

    private static void Passes(SourceWriter w, ModelGraph graph)
    {
        int layers = graph.Depth;
        bool hasHead = graph.Head.Count > 0;
        string Layer(int layer, string direction) => graph.IsShared ? $"Layer0{direction}({N(layer)});" : $"Layer{N(layer)}{direction}();";
        w.Lines("/// <inheritdoc/>");
        using (w.Block("protected override void RunForward()"))
        {
            w.Lines("Reserve();\nEmbed();");
            for (int layer = 0; layer < layers; layer++)
            {
                w.Lines(Layer(layer, "Forward"));
            }

            if (hasHead)
            {
                w.Lines("HeadForward();");
            }
        }

        w.Blank();
        w.Lines("/// <inheritdoc/>");
        using (w.Block("protected override void RunBackward()"))
        {
            w.Lines($"BeginGradient(_gradients.Hidden, {N(layers)});");
            if (hasHead)
            {
                using (w.Block("if (TraceGradients.HasLogits)"))
                {
                    w.Lines("HeadBackward();");
                }
            }

            // Layers that share their weights all have gradients, or none.
            string[] calls = Enumerable.Range(0, layers).Reverse().Select(layer => Layer(layer, "Backward")).ToArray();
            for (int layer = graph.Layers.Count - 1; layer >= 0; layer--)
            {
                Guarded(w, $"LowestLayer <= {N(layer)}", graph.IsShared ? string.Join("\n", calls) : Layer(layer, "Backward"));
            }

            Guarded(w, "LowestLayer < 0", "EmbedBackward();");
        }

        w.Blank();
    }

    // What is frozen, and has nothing that learns before it, does not run backwards.
    private static void Guarded(SourceWriter w, string condition, string calls)
    {
        w.Blank();
        using (w.Block($"if ({condition})"))
        {
            w.Lines(calls);
        }
    }
}
