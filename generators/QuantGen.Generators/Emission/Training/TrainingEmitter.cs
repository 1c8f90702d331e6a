using System.Globalization;
using QuantGen.Generators.Specs;
using QuantGen.Specs;

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
                using global::QuantGen.Specs;
                using global::QuantGen.Trainable;

                /// <summary>Trains {spec.Name}: a forward pass that keeps what its gradients need, and the backward pass.</summary>
                """);
            using (w.Block($"internal sealed class {spec.Name}Training : TrainableNetwork"))
            {
                Shapes(w, plan.Model);
                new TrainingFields(plan).Emit(w);
                Passes(w, plan.Model);
                TrainingEmbeddingEmitter.Emit(w, plan.Model);
                for (int block = 0; block < plan.Model.BlockCount; block++)
                {
                    new TrainingLayerEmitter(plan.Model, block).Emit(w);
                }

                TrainingHeadEmitter.Emit(w, plan.Model);
            }
        }

        return w.ToString();
    }

    /// <summary>Names the field of a parameter or site.</summary>
    public static string Field(string name)
    {
        string identifier = Identifier.Of(name);
        return "_" + char.ToLowerInvariant(identifier[0]) + identifier.Substring(1);
    }

    public static string N(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Numbers the dropout of attention probabilities in one use of a layer; those of the two halves' outputs follow. The embedding's is 0.</summary>
    public static string Dropout(ModelSpec model, int block, int which) =>
        model.UsesPerBlock > 1 ? $"(3 * use) + {N(1 + which)}" : N((3 * block) + 1 + which);

    /// <summary>Numbers the dropout before the output layer.</summary>
    public static string HeadDropout(ModelSpec model) => N((3 * model.Dimensions.Layers) + 1);

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

    private static void Shapes(SourceWriter w, ModelSpec model)
    {
        ModelConfig d = model.Dimensions;
        w.Lines($"""
            // Shapes.
            private const int HiddenSize = {N(d.HiddenSize)};
            private const int HeadCount = {N(d.Heads)};
            private const int HeadSize = {N(model.HeadSize)};
            private const int IntermediateSize = {N(d.IntermediateSize)};
            private const int EmbeddingSize = {N(d.EmbeddingSize)};
            private const int ProjectedStride = 3 * HiddenSize;
            private const float LayerNormEpsilon = {FloatLiteral.Of((float)d.LayerNormEpsilon)};

            // 1 / sqrt(head size), rounded once.
            private const float AttentionScale = {FloatLiteral.Of((float)(1.0 / Math.Sqrt(model.HeadSize)))};

            """);
    }

    private static void Passes(SourceWriter w, ModelSpec model)
    {
        int layers = model.Dimensions.Layers;
        bool hasHead = model.HasOutputLayer || model.HasMaskedLanguageHead;
        string Layer(int layer, string direction) => model.UsesPerBlock > 1 ? $"Layer0{direction}({N(layer)});" : $"Layer{N(layer)}{direction}();";
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

                w.Blank();
            }

            for (int layer = layers - 1; layer >= 0; layer--)
            {
                w.Lines(Layer(layer, "Backward"));
            }

            w.Lines("EmbedBackward();");
        }

        w.Blank();
    }
}
