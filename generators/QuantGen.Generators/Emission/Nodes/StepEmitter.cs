using QuantGen.Graph;

namespace QuantGen.Generators.Emission.Nodes;

/// <summary>Emits steps one after the other, each by the emitter of its kind.</summary>
internal static class StepEmitter
{
    /// <summary>Emits steps.</summary>
    /// <param name="w">Where to.</param>
    /// <param name="context">The method.</param>
    /// <param name="steps">The steps.</param>
    /// <param name="isMarked">Whether a profile is told which operators begin; not where the method has told it for all.</param>
    public static void Emit(SourceWriter w, PartContext context, IReadOnlyList<Node> steps, bool isMarked = true)
    {
        if (LinearEmitter.NeedsScratch(context.Plan.Model, steps))
        {
            w.Lines("ref float scratch = ref pass.LocalFloats(worker, PanelScratch);");
        }

        for (int i = 0; i < steps.Count; i++)
        {
            switch (steps[i])
            {
                case EmbeddingNode embedding when steps[i + 1] is NormNode norm:
                    EmbeddingEmitter.Infer(w, context, embedding, norm);
                    i++;
                    break;
                case LinearNode { IsQuantizable: true } linear:
                    LinearNode[] beside = steps.Skip(i).TakeWhile(step => step is LinearNode next && next.Site == linear.Site).Cast<LinearNode>().ToArray();
                    LinearEmitter.Infer(w, context, beside);
                    i += beside.Length - 1;
                    break;
                case LinearNode output:
                    DenseEmitter.Infer(w, context, output, isMarked);
                    break;
                case NormNode norm:
                    NormEmitter.Infer(w, context, norm, isMarked);
                    break;
                case ActivationNode activation:
                    ActivationEmitter.Infer(w, context, activation, isMarked);
                    break;
                case RowsNode or DropoutNode:
                    break; // the method stands on the rows; only training drops
                default:
                    throw new InvalidOperationException($"A step {steps[i].GetType().Name} cannot stand among others.");
            }
        }
    }
}
