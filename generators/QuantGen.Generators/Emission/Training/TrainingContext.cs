using QuantGen.Generators.Emission.Nodes;
using QuantGen.Generators.Emission.Plans;
using QuantGen.Graph;

namespace QuantGen.Generators.Emission.Training;

/// <summary>Where training code keeps values and their gradients: in a layer's own buffers, or in fields for a head.</summary>
/// <param name="plan">The model.</param>
/// <param name="layer">The distinct layer; -1 for the head.</param>
internal sealed class TrainingContext(ModelPlan plan, int layer)
{
    private readonly IReadOnlyList<Node> _steps = layer < 0 ? plan.Graph.Head : plan.Graph.Layers[layer];

    public ModelPlan Plan => plan;

    /// <summary>Gets whether the steps are the head's.</summary>
    public bool IsHead => layer < 0;

    /// <summary>Gets the number of rows, as code.</summary>
    public string Rows => layer < 0 ? "Trace.LogitRows" : "Pass.Tokens";

    /// <summary>Gets the rows, as code.</summary>
    public string PassRows => layer < 0 ? "Pass.HeadRows" : "Pass.TokenRows";

    /// <summary>Gets which of all layers runs, as code.</summary>
    public string Use => plan.Graph.IsShared ? "use" : PartContext.N(layer);

    /// <summary>Gets which use of its weights that is, as code.</summary>
    public string SiteUse => layer >= 0 && plan.Graph.IsShared ? "use" : "0";

    private string NextUse => plan.Graph.IsShared ? "use + 1" : PartContext.N(layer + 1);

    /// <summary>Gets a value that a step reads.</summary>
    public string Value(string value)
    {
        if (layer < 0)
        {
            return value == Values.Logits ? "Trace.Logits" : TrainingEmitter.Field(value) + (IsAlias(value) ? "Rows" : string.Empty);
        }

        return value switch
        {
            Values.Hidden => "hidden",
            Values.Query or Values.Key or Values.Value => "layer.Projected",
            Values.Context => "layer.Context",
            Values.Attended => "layer.AttentionSum",
            Values.Normalized => "layer.Normalized",
            Values.Intermediate => "layer.Intermediate",
            Values.Activated => "layer.Activated",
            Values.Contracted => "layer.OutputSum",
            _ => throw new InvalidOperationException($"Layers keep no value '{value}' for their gradients."),
        };
    }

    /// <summary>Gets where a step's result goes: a layer's last step makes the next states.</summary>
    public string Result(string value) => layer >= 0 && value == Values.Hidden ? $"Trace.Hidden[{NextUse}]" : Value(value);

    /// <summary>Gets the gradient of a value.</summary>
    public string Gradient(string value)
    {
        if (layer < 0)
        {
            return value == Values.Logits ? "TraceGradients.Logits" : TrainingEmitter.Field(Root(value)) + "Gradient";
        }

        return value switch
        {
            Values.Hidden or Values.Normalized => "g.Hidden",
            Values.Query or Values.Key or Values.Value => "g.Projected",
            Values.Context => "g.Input",
            Values.Attended or Values.Contracted => "branch",
            Values.Intermediate or Values.Activated => "g.Intermediate",
            _ => throw new InvalidOperationException($"Layers keep no gradient of '{value}'."),
        };
    }

    /// <summary>Gets whether other steps read a value, too, so that gradients add up.</summary>
    public bool IsStream(string value) => layer >= 0 && value is Values.Hidden or Values.Normalized;

    /// <summary>Gets the number of a step's dropout, as code: each step that drops has its own, in the order of a pass. The embedding's is 0.</summary>
    public string Dropout(Node step)
    {
        int ordinal = 1 + _steps.Where(Drops).TakeWhile(other => other != step).Count();
        int perLayer = plan.Graph.Layers[0].Count(Drops);
        return layer < 0 ? PartContext.N((perLayer * plan.Graph.Depth) + ordinal)
            : plan.Graph.IsShared ? $"({PartContext.N(perLayer)} * use) + {PartContext.N(ordinal)}"
            : PartContext.N((perLayer * layer) + ordinal);
    }

    /// <summary>Gets a value's width, as code.</summary>
    public string SizeOf(string value) => plan.SizeOf(value);

    /// <summary>Gets the head's values that need a gradient buffer, and their widths.</summary>
    public IEnumerable<Node> Roots() => _steps.Where(step => step.Output != Values.Logits && Root(step.Output) == step.Output);

    /// <summary>Gets whether a value of the head stands in a buffer of its own or where it came from, which a pass decides.</summary>
    public bool IsAlias(string value) =>
        _steps.First(step => step.Output == value) is DropoutNode or RowsNode { Choice: RowChoice.HeadTokens };

    private static bool Drops(Node step) => step is AttentionNode or DropoutNode or NormNode { Residual: not null };

    // Steps that work in place hand their gradient on in the same buffer.
    private string Root(string value)
    {
        Node step = _steps.First(other => other.Output == value);
        return step is ActivationNode or DropoutNode or NormNode ? Root(step.Inputs[0]) : value;
    }
}
