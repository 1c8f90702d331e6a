using System.Globalization;
using QuantGen.Generators.Emission.Kernels;
using QuantGen.Generators.Emission.Plans;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Generators.Emission;

/// <summary>Emits where weights stand in the arena, and the code that fills it.</summary>
internal static class PlaceEmitter
{
    public static void Emit(SourceWriter w, ModelPlan plan)
    {
        Blocks(w, plan.Weights);
        Plain(w, plan.Weights);
        Matrices(w, plan);
        Fill(w, plan);
        FillLayer(w, plan.Model, plan.Weights);
        FillMatrices(w, plan);
    }

    private static void Blocks(SourceWriter w, WeightLayout weights)
    {
        w.Lines("// Where each layer's weights, and the rest behind them, begin in the arena: byte offsets.");
        string start = N(weights.Embedding.Bytes);
        foreach (WeightLayout.WeightBlock layer in weights.Layers)
        {
            w.Lines($"private const long {layer.Name} = {start};");
            start = $"{layer.Name} + {N(layer.Bytes)}";
        }

        w.Lines($"private const long Rest = {start};");
    }

    private static void Plain(SourceWriter w, WeightLayout weights)
    {
        foreach (TensorSpec tensor in weights.PlainTensors.Where(t => WeightLayout.LayerOf(t.Name) < 0))
        {
            w.Lines(weights.Embedding.Has(tensor.Name)
                ? $"private const long {Identifier.Of(tensor.Name)} = {N(weights.Embedding[tensor.Name])};"
                : $"private const long {Identifier.Of(tensor.Name)} = Rest + {N(weights.Rest[tensor.Name])};");
        }

        w.Lines("\n// What every layer has beside its matrices, counted from the layer's beginning.");
        using (w.Block("private static class InLayer"))
        {
            foreach (TensorSpec tensor in weights.LayerTensors)
            {
                w.Lines($"public const long {Identifier.Of(tensor.Name)} = {N(weights.Layers[0][tensor.Name])};");
            }
        }

        w.Blank();
    }

    private static void Matrices(SourceWriter w, ModelPlan plan)
    {
        foreach (MatrixSpec matrix in plan.Model.Matrices)
        {
            IReadOnlyList<RowSegment> segments = matrix.Segments();
            for (int s = 0; s < segments.Count; s++)
            {
                w.Lines($"private static LinearPlace {WeightLayout.NameOf(matrix.Name, s)} => {plan.Weights.Place(matrix, s)};");
            }
        }

        w.Blank();
    }

    private static void Fill(SourceWriter w, ModelPlan plan)
    {
        using (w.Block("public void PlaceWeights(PackedModel model, WeightArena arena)"))
        {
            foreach (TensorSpec tensor in plan.Weights.PlainTensors)
            {
                w.Lines($"""{Method(plan.Model, tensor)}(model, arena, "{tensor.Name}", {plan.Weights[tensor.Name]});""");
            }

            for (int layer = 0; layer < plan.Weights.Layers.Count; layer++)
            {
                w.Lines($"""PlaceLayer(model, arena, "{LayerNames.Of(layer, string.Empty)}", {plan.Weights.Layers[layer].Name});""");
            }

            foreach (IGrouping<int, MatrixSpec> layer in plan.Model.Matrices.GroupBy(matrix => WeightLayout.LayerOf(matrix.Name)))
            {
                if (HasOneOrder(plan, layer))
                {
                    string places = string.Join(", ", layer.Select(matrix => WeightLayout.NameOf(matrix.Name)));
                    w.Lines($"""PlaceMatrices(model, arena, "{LayerNames.Of(layer.Key, string.Empty)}", {Order(plan, layer.First())}, {places});""");
                }
                else
                {
                    Fill(w, plan, layer);
                }
            }
        }

        w.Blank();
    }

    private static void Fill(SourceWriter w, ModelPlan plan, IEnumerable<MatrixSpec> matrices)
    {
        foreach (MatrixSpec matrix in matrices)
        {
            IReadOnlyList<RowSegment> segments = matrix.Segments();
            for (int s = 0; s < segments.Count; s++)
            {
                string place = WeightLayout.NameOf(matrix.Name, s);
                w.Lines(segments[s].Bits == 32 ? $"""LinearPlacer.PlaceFullPrecision(model, arena, "{matrix.Name}", {place});"""
                    : matrix.HasCodebook ? $"""LinearPlacer.PlaceCodebook(model, arena, "{matrix.Name}", {place});"""
                    : $"""LinearPlacer.Place(model, arena, "{matrix.Name}", segment: {N(s)}, {Order(plan, matrix, segments[s].Bits)}, {place});""");
            }
        }
    }

    // A layer whose matrices all meet one kernel is placed by one call.
    private static bool HasOneOrder(ModelPlan plan, IGrouping<int, MatrixSpec> layer) => layer.Key >= 0
        && layer.All(matrix => matrix.HasIntegerProduct && !matrix.IsMixed && Order(plan, matrix) == Order(plan, layer.First()));

    private static string Order(ModelPlan plan, MatrixSpec matrix) => Order(plan, matrix, matrix.Bits);

    private static string Order(ModelPlan plan, MatrixSpec matrix, int bits) => KernelVariant.Of(plan.Model, matrix, bits).Suffix + ".Order";

    private static void FillMatrices(SourceWriter w, ModelPlan plan)
    {
        IGrouping<int, MatrixSpec>? layer = plan.Model.Matrices.GroupBy(matrix => WeightLayout.LayerOf(matrix.Name))
            .FirstOrDefault(matrices => HasOneOrder(plan, matrices));
        if (layer is null)
        {
            return;
        }

        string[] parts = layer.Select(matrix => WeightLayout.PartOf(matrix.Name)).ToArray();
        string places = string.Join(", ", parts.Select(part => "LinearPlace " + Identifier.Field(part)));
        w.Blank();
        using (w.Block($"private static void PlaceMatrices(PackedModel model, WeightArena arena, string name, KernelOrder order, {places})"))
        {
            foreach (string part in parts)
            {
                w.Lines($"""LinearPlacer.Place(model, arena, name + "{part}", segment: 0, order, {Identifier.Field(part)});""");
            }
        }
    }

    private static void FillLayer(SourceWriter w, ModelSpec model, WeightLayout weights)
    {
        using (w.Block("private static void PlaceLayer(PackedModel model, WeightArena arena, string name, long layer)"))
        {
            foreach (TensorSpec tensor in weights.LayerTensors.Where(tensor => weights.CommonTensors.Contains(tensor.Name)))
            {
                w.Lines($"""{Method(model, tensor)}(model, arena, name + "{tensor.Name}", layer + InLayer.{Identifier.Of(tensor.Name)});""");
            }
        }
    }

    private static string Method(ModelSpec model, TensorSpec tensor) => model.IsInteger ? "IntegerPlacer.Place"
        : tensor.Name.EndsWith(".input_zero_point", StringComparison.Ordinal) ? "TensorPlacer.PlaceZeroPoints"
        : tensor.IsFloat ? "TensorPlacer.PlaceFloats" : "TensorPlacer.PlaceBytes";

    private static string N(long number) => number.ToString(CultureInfo.InvariantCulture);
}
