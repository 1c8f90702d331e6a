using System.Globalization;

namespace QuantGen.Generators.Emission;

/// <summary>Emits the attention of one head over one sequence; the context takes the place of the query that only this item reads.</summary>
internal static class AttentionEmitter
{
    public static void Emit(SourceWriter w, ModelPlan plan)
    {
        string queries = plan.Model.HasPooler
            ? $"phase == {(2 * plan.Model.Dimensions.Layers - 1).ToString(CultureInfo.InvariantCulture)} ? 1 : length"
            : "length";
        w.Lines($$"""
            // One head of one sequence. Only this item reads its slice of the queries, so the context takes their place.
            private static void Attend(ForwardPass pass, int phase, int worker, int item)
            {
                int sequence = item / HeadCount;
                int head = item % HeadCount;
                int first = pass.Starts[sequence];
                int length = pass.Starts[sequence + 1] - first;
                int queries = {{queries}};
                pass.Enter(worker, OperatorClass.{{ProfileMark.Attention}}, 2L * queries * length * HeadSize);
                ref float query = ref Unsafe.Add(ref pass.Shared(Projected), ((nint)first * ProjectedStride) + (head * HeadSize));
                Attention.Run(
                    ref query, ref Unsafe.Add(ref query, HiddenSize), ref Unsafe.Add(ref query, 2 * HiddenSize), ProjectedStride,
                    queries, length, HeadSize, AttentionScale,
                    ref pass.LocalFloats(worker, AttentionScratch), ref query, ProjectedStride);
            }

            """);
    }
}
