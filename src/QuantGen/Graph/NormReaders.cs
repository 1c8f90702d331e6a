namespace QuantGen.Graph;

/// <summary>
/// A normalization whose output meets nothing but linear layers and residuals. What its factors are divided by can be given to these instead: to the columns of
/// the layers' weights, and to the residuals as factors.
/// </summary>
/// <param name="Norm">The normalization.</param>
/// <param name="Linears">The linear layers that read it.</param>
/// <param name="Residuals">The normalizations that add it as their residual.</param>
internal sealed record NormReaders(NormNode Norm, IReadOnlyList<LinearNode> Linears, IReadOnlyList<NormNode> Residuals)
{
    /// <summary>Lists them in the order of the forward pass; none where layers share their weights, since each use of a layer has other readers.</summary>
    /// <param name="graph">The model.</param>
    public static IReadOnlyList<NormReaders> Of(ModelGraph graph) => graph.IsShared ? Array.Empty<NormReaders>() : Of(graph.Nodes);

    /// <summary>Lists them among steps in the order of the forward pass.</summary>
    /// <param name="steps">All steps of a model whose layers have weights of their own.</param>
    public static IReadOnlyList<NormReaders> Of(IReadOnlyList<Node> steps)
    {
        var found = new List<NormReaders>();
        for (int i = 0; i < steps.Count; i++)
        {
            if (steps[i] is NormNode norm && Follow(steps, i + 1, norm) is NormReaders readers)
            {
                found.Add(readers);
            }
        }

        return found;
    }

    // Null where something else reads the value, or where it is the model's result.
    private static NormReaders? Follow(IReadOnlyList<Node> steps, int next, NormNode norm)
    {
        var linears = new List<LinearNode>();
        var residuals = new List<NormNode>();
        string value = norm.Output;
        for (; next < steps.Count; next++)
        {
            Node step = steps[next];
            bool isRead = step.Inputs.Contains(value);
            switch (step)
            {
                case DropoutNode when isRead && step.Output == value:
                    continue;
                case LinearNode linear when isRead:
                    linears.Add(linear);
                    break;
                case NormNode sum when isRead && sum.Residual == value && sum.Input != value:
                    residuals.Add(sum);
                    break;
                default:
                    if (isRead)
                    {
                        return null;
                    }

                    break;
            }

            if (step.Output == value)
            {
                return new NormReaders(norm, linears, residuals);
            }
        }

        return value == steps[steps.Count - 1].Output ? null : new NormReaders(norm, linears, residuals);
    }
}
