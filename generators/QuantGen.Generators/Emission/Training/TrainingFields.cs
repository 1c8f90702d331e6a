using System.Text;
using QuantGen.Specs;
using static QuantGen.Generators.Emission.Training.TrainingEmitter;

namespace QuantGen.Generators.Emission.Training;

/// <summary>Emits the parameters, the buffers and the constructor that makes them.</summary>
internal sealed class TrainingFields
{
    private readonly ModelPlan _plan;
    private readonly List<(string Type, string Field, string Value)> _parameters = new();

    public TrainingFields(ModelPlan plan)
    {
        _plan = plan;
        ModelSpec model = plan.Model;
        ModelConfig d = model.Dimensions;
        Add("TrainableEmbedding", "embeddings", $"AddEmbeddings({N(d.VocabularySize)}, {N(d.MaxPositions)}, {N(d.TypeVocabularySize)}, EmbeddingSize)");
        Norm("embeddings.LayerNorm", "EmbeddingSize");
        foreach (ActivationSite site in model.ActivationSites())
        {
            Linears(site);
            Attention(site.Name);
            if (site.Name.EndsWith(".output.dense", StringComparison.Ordinal))
            {
                Norm(site.Name.Substring(0, site.Name.Length - "dense".Length) + "LayerNorm", "HiddenSize");
            }
        }

        if (model.HasOutputLayer)
        {
            Add("TrainableLinear", model.OutputLayerName, $"AddOutputLayer(\"{model.OutputLayerName}\", {N(model.OutputCount)}, HiddenSize)");
        }

        if (model.HasMaskedLanguageHead)
        {
            const string Transform = PackedLayout.MaskedLanguageTransform;
            Add("TrainableLinear", Transform + ".dense", $"AddOutputLayer(\"{Transform}.dense\", EmbeddingSize, HiddenSize)");
            Norm(Transform + ".LayerNorm", "EmbeddingSize");
            Add("TrainableDecoder", "cls.predictions.decoder", $"AddDecoder({Field("embeddings")})");
        }
    }

    public void Emit(SourceWriter w)
    {
        ModelSpec model = _plan.Model;
        w.Lines("// Parameters, in the order of the forward pass.");
        foreach ((string type, string field, _) in _parameters)
        {
            w.Lines($"private readonly {type} {field};");
        }

        w.Lines($"""

            // What each use of a layer keeps, and gradients that all layers share.
            private readonly TrainableAttention _attention = new(HeadCount, HeadSize, AttentionScale);
            private readonly LayerActivations[] _layers = new LayerActivations[{N(model.Dimensions.Layers)}];
            private readonly BackwardBuffers _gradients = new(HiddenSize, IntermediateSize);
            """);
        foreach ((string buffer, _) in Buffers())
        {
            w.Lines($"private float[] {buffer} = Array.Empty<float>();");
        }

        if (!model.HasPooler && (model.HasOutputLayer || model.HasMaskedLanguageHead))
        {
            w.Lines("private float[] _headStates = Array.Empty<float>(); // one of the buffers above, or the last hidden states");
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
            w.Lines("long tokens = Pass.Tokens;");
            using (w.Block("foreach (LayerActivations layer in _layers)"))
            {
                w.Lines("layer.Reserve(Pass.Tokens, Trace.ScoreCount);");
            }

            w.Blank();
            w.Lines("_gradients.Reserve(Pass.Tokens);");
            foreach ((string buffer, string count) in Buffers())
            {
                w.Lines($"FloatBuffers.Reserve(ref {buffer}, {count});");
            }
        }

        w.Blank();
    }

    private IEnumerable<(string Buffer, string Count)> Buffers()
    {
        ModelSpec model = _plan.Model;
        yield return ("_embeddingSum", "tokens * EmbeddingSize");
        if (model.Dimensions.Architecture == BertArchitecture.Albert)
        {
            yield return ("_embedded", "tokens * EmbeddingSize");
            yield return ("_embeddedGradient", "tokens * EmbeddingSize");
        }

        if (model.HasMaskedLanguageHead)
        {
            yield return ("_transformed", "(long)Trace.LogitRows * EmbeddingSize");
            yield return ("_activated", "(long)Trace.LogitRows * EmbeddingSize");
            yield return ("_predicted", "(long)Trace.LogitRows * EmbeddingSize");
            yield return ("_predictedGradient", "(long)Trace.LogitRows * EmbeddingSize");
        }

        if (model.HasOutputLayer || model.HasMaskedLanguageHead)
        {
            yield return ("_headInput", "(long)Trace.LogitRows * HiddenSize");
            yield return ("_headGradient", "(long)Trace.LogitRows * HiddenSize");
        }

        if (model.HasPooler)
        {
            yield return ("_pooled", "(long)Trace.LogitRows * HiddenSize");
            yield return ("_dropped", "(long)Trace.LogitRows * HiddenSize");
            yield return ("_pooledGradient", "(long)Trace.LogitRows * HiddenSize");
        }
    }

    // Layers that read the same activations: the place where those get codes, then the layers, each described for reviewers.
    private void Linears(ActivationSite site)
    {
        MatrixSpec[] matrices = _plan.Model.Matrices.Where(m => ActivationSite.NameFor(m.Name) == site.Name).ToArray();
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
    private void Attention(string site)
    {
        ModelSpec model = _plan.Model;
        ActivationSite[] operands = model.AttentionSites().Where(s => s.Name.StartsWith(site + ".", StringComparison.Ordinal)).ToArray();
        if (operands.Length > 0)
        {
            string sites = string.Join(",\n    ", operands.Select(s => Site(s, model.AttentionBits)));
            Add("AttentionSites", site + ".operands", $"new AttentionSites(\n    {sites})");
        }
    }

    private static string Site(ActivationSite site, int bits) =>
        $"AddSite(\"{site.Name}\", columns: {N(site.Columns)}, uses: {N(site.Uses)}, bits: {N(bits)})";

    private void Norm(string name, string columns) => Add("TrainableNorm", name, $"AddNorm(\"{name}\", {columns}, LayerNormEpsilon)");

    private void Add(string type, string name, string value) => _parameters.Add((type, Field(name), value + ";"));

    // For reviewers: the model's description decides it.
    private static string Storage(MatrixSpec matrix)
    {
        string bits = string.Join(" and ", matrix.Segments().Select(s => N(s.Bits)));
        string groups = matrix.GroupCount > 1 ? $", {N(matrix.GroupCount)} groups of rows" : string.Empty;
        string codes = matrix.HasCodebook ? " of a codebook" : string.Empty;
        return matrix.IsQuantized ? $" // {bits} bits{codes}{groups}" : string.Empty;
    }
}
