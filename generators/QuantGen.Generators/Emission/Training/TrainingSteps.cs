using QuantGen.Generators.Emission.Nodes;
using QuantGen.Generators.Emission.Plans;
using QuantGen.Graph;
using static QuantGen.Generators.Emission.Nodes.PartContext;

namespace QuantGen.Generators.Emission.Training;

/// <summary>Emits the steps of a layer or head forwards and backwards, each by the emitter of its kind.</summary>
internal static class TrainingSteps
{
    /// <summary>Emits the two methods of a distinct layer.</summary>
    public static void Layer(SourceWriter w, ModelPlan plan, int layer)
    {
        var t = new TrainingContext(plan, layer);
        string parameters = plan.Graph.IsShared ? "int use" : string.Empty;
        w.Lines($"// Layer {N(layer)}: attention and feed-forward, each ending in dropout, residual and normalization.");
        using (w.Block($"private void Layer{N(layer)}Forward({parameters})"))
        {
            w.Lines($"LayerActivations layer = _layers[{t.Use}];\nfloat[] hidden = Trace.Hidden[{t.Use}];");
            Forward(w, t, plan.Graph.Layers[layer]);
        }

        w.Blank();
        w.Lines($"// Layer {N(layer)} backwards: from the gradient of its output to that of its input, in the same buffer.");
        using (w.Block($"private void Layer{N(layer)}Backward({parameters})"))
        {
            using (w.Block($"if (RunsAgain({t.Use}))"))
            {
                w.Lines($"Layer{N(layer)}Forward({(plan.Graph.IsShared ? "use" : string.Empty)});");
            }

            w.Lines($"""

                LayerActivations layer = _layers[{t.Use}];
                BackwardBuffers g = _gradients;
                float[] hidden = Trace.Hidden[{t.Use}];
                float[] branch;
                """);
            Backward(w, t, plan.Graph.Layers[layer]);
            w.Lines($"AddTraceGradient(g.Hidden, {t.Use});");
        }

        w.Blank();
    }

    /// <summary>Emits the two methods of the head; none where there is no head.</summary>
    public static void Head(SourceWriter w, ModelPlan plan)
    {
        if (plan.Graph.Head.Count == 0)
        {
            return;
        }

        var t = new TrainingContext(plan, layer: -1);
        w.Lines("// The head, on the rows that it reads.");
        using (w.Block("private void HeadForward()"))
        {
            Forward(w, t, plan.Graph.Head);
        }

        w.Blank();
        w.Lines("// The same backwards; the states of those rows get gradients.");
        using (w.Block("private void HeadBackward()"))
        {
            Backward(w, t, plan.Graph.Head);
        }
    }

    private static void Forward(SourceWriter w, TrainingContext t, IReadOnlyList<Node> steps)
    {
        string site = string.Empty;
        foreach (Node step in steps)
        {
            switch (step)
            {
                case LinearNode { IsQuantizable: true } linear when linear.Site == site:
                    break; // beside the one before
                case LinearNode { IsQuantizable: true } linear:
                    w.Lines($"\n// {linear.Site}");
                    LinearEmitter.Forward(w, t, linear);
                    site = linear.Site;
                    break;
                case LinearNode output:
                    DenseEmitter.Forward(w, t, output);
                    break;
                case AttentionNode attention:
                    AttentionEmitter.Forward(w, t, attention);
                    break;
                case NormNode norm:
                    NormEmitter.Forward(w, t, norm);
                    break;
                case ActivationNode activation:
                    ActivationEmitter.Forward(w, t, activation);
                    break;
                case RowsNode rows:
                    RowsEmitter.Forward(w, t, rows);
                    break;
                case DropoutNode dropout:
                    RowsEmitter.Forward(w, t, dropout);
                    break;
                case DecoderNode decoder:
                    DecoderEmitter.Forward(w, t, decoder);
                    break;
                default:
                    throw new InvalidOperationException($"No training code for a step {step.GetType().Name}.");
            }
        }
    }

    private static void Backward(SourceWriter w, TrainingContext t, IReadOnlyList<Node> steps)
    {
        string site = string.Empty;
        foreach (Node step in steps.Reverse())
        {
            switch (step)
            {
                case LinearNode { IsQuantizable: true } linear when linear.Site == site:
                    break;
                case LinearNode { IsQuantizable: true } linear:
                    LinearEmitter.Backward(w, t, linear);
                    End(w, t, TrainingEmitter.Field(linear.Site));
                    site = linear.Site;
                    break;
                case LinearNode output:
                    DenseEmitter.Backward(w, t, output);
                    End(w, t, TrainingEmitter.Field(output.Name));
                    break;
                case AttentionNode attention:
                    AttentionEmitter.Backward(w, t, attention);
                    break;
                case NormNode norm:
                    if (norm.Residual is not null)
                    {
                        w.Lines($"\n// {norm.Name}");
                    }

                    NormEmitter.Backward(w, t, norm);
                    break;
                case ActivationNode activation:
                    ActivationEmitter.Backward(w, t, activation);
                    break;
                case RowsNode rows:
                    RowsEmitter.Backward(w, t, rows);
                    break;
                case DropoutNode dropout:
                    RowsEmitter.Backward(w, t, dropout);
                    break;
                case DecoderNode decoder:
                    DecoderEmitter.Backward(w, t, decoder);
                    End(w, t, TrainingEmitter.DecoderField);
                    break;
                default:
                    throw new InvalidOperationException($"No training code for a step {step.GetType().Name}.");
            }
        }
    }

    // Only in a head may the steps before be frozen, and all before them: a layer ends with its first layers, which know it.
    private static void End(SourceWriter w, TrainingContext t, string field)
    {
        if (!t.IsHead)
        {
            return;
        }

        using (w.Block($"if ({field}.EndsBackward(Pass))"))
        {
            w.Lines("return;");
        }

        w.Blank();
    }
}
