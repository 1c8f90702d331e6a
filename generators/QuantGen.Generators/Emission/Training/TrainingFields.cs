using QuantGen.Generators.Emission.Plans;
using System.Text;
using QuantGen.Graph;
using QuantGen.Specs;
using static QuantGen.Generators.Emission.Training.TrainingEmitter;

namespace QuantGen.Generators.Emission.Training;

/// <summary>Emits the parameters, the buffers and the constructor that makes them.</summary>
internal sealed class TrainingFields
{
    private readonly ModelPlan _plan;
    private readonly TrainingContext _head;
    private readonly List<(string Type, string Field, string Value)> _parameters = new();

    public TrainingFields(ModelPlan plan)
    {
        _plan = plan;
        _head = new TrainingContext(plan, layer: -1);
        string site = string.Empty;
        foreach (Node node in plan.Graph.Nodes)
        {
            switch (node)
            {
                case EmbeddingNode e:
                    Add("TrainableEmbedding", "embeddings",
                        $"AddEmbeddings(words: {N(e.Words)}, positions: {N(e.Positions)}, types: {N(e.Types)}, columns: EmbeddingSize)");
                    break;
                case NormNode norm:
                    Add("TrainableNorm", norm.Name, $"AddNorm(\"{norm.Name}\", {N(norm.Columns)}, LayerNormEpsilon)");
                    break;
                case LinearNode { IsQuantizable: true } linear when linear.Site != site:
                    Linears(plan.Model.ActivationSites().First(s => s.Name == linear.Site));
                    site = linear.Site;
                    break;
                case LinearNode { IsQuantizable: false } dense:
                    Add("TrainableLinear", dense.Name, $"AddOutputLayer(\"{dense.Name}\", rows: {N(dense.Rows)}, columns: {N(dense.Width)})");
                    break;
                case AttentionNode attention when plan.Model.HasQuantizedAttention:
                    Attention(attention);
                    break;
                case DecoderNode:
                    _parameters.Add(("TrainableDecoder", DecoderField, $"AddDecoder({Field("embeddings")});"));
                    break;
            }
        }
    }

    public void Emit(SourceWriter w)
    {
        w.Lines("// Parameters, in the order of the forward pass.");
        foreach ((string type, string field, _) in _parameters)
        {
            w.Lines($"private readonly {type} {field};");
        }

        w.Lines($"""

            // What each use of a layer keeps, and gradients that all layers share.
            private readonly TrainableAttention _attention = new(HeadCount, HeadSize, AttentionScale{(_plan.Model.Attention == AttentionKind.Boolean
                ? ", isBoolean: true" : string.Empty)});
            private readonly LayerActivations[] _layers = new LayerActivations[{N(_plan.Graph.Depth)}];
            private readonly BackwardBuffers _gradients = new(HiddenSize, IntermediateSize);
            """);
        foreach ((string buffer, _) in Buffers())
        {
            w.Lines($"private float[] {buffer} = Array.Empty<float>();");
        }

        foreach (Node step in _plan.Graph.Head.Where(step => step.Output != Values.Logits && _head.IsAlias(step.Output)))
        {
            w.Lines($"private float[] {_head.Value(step.Output)} = Array.Empty<float>(); // the buffer of that name, or where its values came from");
        }

        w.Blank();
        w.Lines("/// <summary>Creates the model with parameters of zeros.</summary>");
        using (w.Block($"public {_plan.Spec.Name}Training(TrainableOptions? options)\n    : base({_plan.Spec.Program}.ModelSpec, options)"))
        {
            foreach ((_, string field, string value) in _parameters)
            {
                w.Lines($"{field} = {value}");
            }

            using (w.Block("for (int layer = 0; layer < _layers.Length; layer++)"))
            {
                w.Lines("_layers[layer] = new LayerActivations(HiddenSize, IntermediateSize);");
            }
        }

        w.Blank();
        Reserve(w);
    }

    private void Reserve(SourceWriter w)
    {
        w.Lines("// Makes room for the batch; buffers that are large enough stay.");
        using (w.Block("private void Reserve()"))
        {
            w.Lines("long tokens = Pass.Tokens;\nReserve(_layers);\n_gradients.Reserve(Pass.Tokens);");
            foreach ((string buffer, string count) in Buffers())
            {
                w.Lines($"FloatBuffers.Reserve(ref {buffer}, {count});");
            }
        }

        w.Blank();
    }

    private IEnumerable<(string Buffer, string Count)> Buffers()
    {
        yield return ("_embeddingSum", "tokens * EmbeddingSize");
        if (_plan.Graph.Embedding.Any(step => step is LinearNode))
        {
            yield return ("_embedded", "tokens * EmbeddingSize");
            yield return ("_embeddedGradient", "tokens * EmbeddingSize");
        }

        foreach (Node step in _plan.Graph.Head.Where(step => step.Output != Values.Logits))
        {
            yield return (Field(step.Output), $"(long)Trace.LogitRows * {_plan.SizeOf(step.Output)}");
        }

        foreach (Node step in _head.Roots())
        {
            yield return (_head.Gradient(step.Output), $"(long)Trace.LogitRows * {_plan.SizeOf(step.Output)}");
        }
    }

    // Layers that read the same activations: the place where those get codes, then the layers, each described for reviewers.
    private void Linears(ActivationSite site)
    {
        MatrixSpec[] matrices = _plan.Model.Matrices.Where(m => _plan.Model.Graph.SiteOf(m.Name) == site.Name).ToArray();
        var value = new StringBuilder("new TrainableLinears(\n");
        value.Append("    ").Append(site.IsQuantized ? Site(site, _plan.Model.ActivationBits) : "site: null").Append(',');
        foreach (MatrixSpec matrix in matrices)
        {
            string end = matrix == matrices[matrices.Length - 1] ? ");" : ",";
            value.Append($"\n    AddLinear(\"{matrix.Name}\", rows: {N(matrix.Rows)}, columns: {N(matrix.Columns)}){end}{Storage(matrix)}");
        }

        _parameters.Add(("TrainableLinears", Field(site.Name), value.ToString()));
    }

    // The operands of attention come into being after the three matrices that make them.
    private void Attention(AttentionNode node)
    {
        IEnumerable<ActivationSite> operands = _plan.Model.AttentionSites().Where(site => node.Operands.Contains(site.Name));
        string sites = string.Join(",\n    ", operands.Select(site => Site(site, _plan.Model.AttentionBits)));
        Add("AttentionSites", node.Name + ".operands", $"new AttentionSites(\n    {sites})");
    }

    private static string Site(ActivationSite site, int bits) =>
        $"AddSite(\"{site.Name}\", columns: {N(site.Columns)}, uses: {N(site.Uses)}, bits: {N(bits)})";

    private void Add(string type, string name, string value) => _parameters.Add((type, Field(name), value + ";"));

    // For reviewers: the model's description decides it.
    private static string Storage(MatrixSpec matrix)
    {
        string bits = string.Join(" and ", matrix.Segments().Select(s => N(s.Bits)));
        string groups = matrix.GroupCount > 1 ? $", {N(matrix.GroupCount)} groups of rows" : string.Empty;
        string codes = matrix.HasCodebook ? " of a codebook" : matrix.IsPair ? " in pairs" : string.Empty;
        return matrix.IsQuantized ? $" // {bits} bits{codes}{groups}" : string.Empty;
    }
}
