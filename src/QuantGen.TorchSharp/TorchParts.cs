using QuantGen.Graph;
using QuantGen.Schemes;
using QuantGen.Specs;
using QuantGen.Trainable;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>The parts of a model by their canonical names. Making them makes the parameters, in the order of the forward pass.</summary>
internal sealed class TorchParts : IDisposable
{
    private readonly Dictionary<string, TorchLinear> _linear = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TorchNorm> _norms = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TorchSite> _sites = new(StringComparer.Ordinal);
    private readonly List<TorchWeight> _weights = [];
    private readonly List<DeviceParameter> _onDevice = [];
    private readonly ParameterTable _table;
    private readonly Device _device;

    public TorchParts(ModelSpec spec, TrainableOptions options, Device device)
    {
        Spec = spec;
        _device = device;
        _table = new ParameterTable(spec, options);
        ModelConfig d = spec.Dimensions;
        (QuantizedParameter words, Parameter positions, Parameter types) = _table.Embeddings(
            d.VocabularySize, d.MaxPositions, d.TypeVocabularySize, d.EmbeddingSize);
        Embedding = new TorchEmbedding(new WordTable(words, spec.HasMaskedLanguageHead, Encoder), Encoder(positions), Encoder(types));
        AddNorm("embeddings.LayerNorm", d.EmbeddingSize, Encoder);
        foreach (MatrixSpec matrix in spec.Matrices)
        {
            Add(matrix);
        }

        if (spec.HasOutputLayer)
        {
            AddOutputLayer(spec.OutputLayerName, spec.OutputCount);
        }

        if (spec.HasMaskedLanguageHead)
        {
            AddOutputLayer(PackedLayout.MaskedLanguageTransform + ".dense", d.EmbeddingSize);
            AddNorm(PackedLayout.MaskedLanguageTransform + ".LayerNorm", d.EmbeddingSize, Head);
            DecoderBias = Head(_table.DecoderBias(d.VocabularySize));
        }
    }

    public ModelSpec Spec { get; }

    public IReadOnlyList<Parameter> Parameters => _table.All;

    public TorchEmbedding Embedding { get; }

    /// <summary>Gets the summands of a masked language model's decoder; null without one.</summary>
    public DeviceParameter? DecoderBias { get; }

    public TorchLinear Linear(string name) => _linear[name];

    public TorchNorm Norm(string name) => _norms[name];

    /// <summary>Gets where a layer's attention quantizes; null for full precision.</summary>
    public TorchOperands? Operands(int block)
    {
        TorchSite[] sites = [.. Spec.AttentionSites().Where(site => IsIn(site.Name, block)).Select(site => _sites[site.Name])];
        return sites.Length == 0 ? null : new TorchOperands(sites[0], sites[1], sites[2], sites[3]);
    }

    /// <summary>Quantizes what linear layers read; in a pass that calibrates it finds their range instead.</summary>
    /// <returns>The codes; null where no layer wants them.</returns>
    public QuantizedInput? Quantize(TorchPass pass, string site, Tensor values, int use)
    {
        if (!_sites.TryGetValue(site, out TorchSite? place))
        {
            return null;
        }

        place.Observe(pass, values, use);
        return pass.IsQuantized ? place.Quantize(pass, values, values.numel(), use) : null;
    }

    /// <summary>Computes the feed-forward activation.</summary>
    public Tensor Gelu(Tensor x)
    {
        if (Spec.Dimensions.HiddenActivation == HiddenActivation.Gelu)
        {
            return nn.functional.gelu(x);
        }

        // gelu_new: the form with tanh, which not every version of TorchSharp offers.
        return x * 0.5f * (((x + (x * x * x * 0.044715f)) * Math.Sqrt(2 / Math.PI)).tanh() + 1f);
    }

    /// <summary>Sets what weight quantizers keep beside the weights.</summary>
    public void InitializeWeights()
    {
        Embedding.Words.Initialize();
        foreach (TorchWeight weight in _weights)
        {
            weight.Initialize();
        }
    }

    public void Dispose()
    {
        foreach (DeviceParameter parameter in _onDevice)
        {
            parameter.Dispose();
        }
    }

    private void Add(MatrixSpec matrix)
    {
        Func<Parameter, DeviceParameter> device = matrix.Name.StartsWith("encoder.", StringComparison.Ordinal) ? Encoder : Head;
        string site = Spec.Graph.SiteOf(matrix.Name);
        if (!_sites.ContainsKey(site) && Spec.ActivationSites().FirstOrDefault(s => s.Name == site) is { IsQuantized: true } place)
        {
            AddSite(place, Spec.ActivationBits, device);
        }

        (QuantizedParameter parameter, Parameter bias) = _table.Linear(matrix.Name, matrix.Rows, matrix.Columns);
        TorchWeight weight = TorchWeight.Of(parameter, device);
        _weights.Add(weight);
        _linear.Add(matrix.Name, new TorchLinear(weight, device(bias), matrix.HasIntegerProduct));

        // The operands of attention come into being after the last of the three matrices that make them.
        const string Last = "attention.self.value";
        if (matrix.Name.EndsWith(Last, StringComparison.Ordinal))
        {
            string layer = matrix.Name[..^Last.Length];
            foreach (ActivationSite operand in Spec.AttentionSites().Where(s => s.Name.StartsWith(layer, StringComparison.Ordinal)))
            {
                AddSite(operand, Spec.AttentionBits, device);
            }
        }

        if (matrix.Name.EndsWith(".output.dense", StringComparison.Ordinal))
        {
            AddNorm(matrix.Name[..^"dense".Length] + "LayerNorm", Spec.Dimensions.HiddenSize, device);
        }
    }

    private static bool IsIn(string site, int block) => site.StartsWith(LayerNames.Of(block, string.Empty), StringComparison.Ordinal);

    private void AddSite(ActivationSite site, int bits, Func<Parameter, DeviceParameter> device)
    {
        SiteRange range = _table.Site(site.Name, site.Uses, bits);
        _sites.Add(site.Name, new TorchSite(range, range.Side == ActivationSide.Learned ? device(range.Parameter!) : null));
    }

    private void AddNorm(string name, int columns, Func<Parameter, DeviceParameter> device)
    {
        (Parameter weight, Parameter bias) = _table.Norm(name, columns);
        _norms.Add(name, new TorchNorm(device(weight), device(bias), Spec.Dimensions.LayerNormEpsilon));
    }

    private void AddOutputLayer(string name, int rows)
    {
        (Parameter weight, Parameter bias) = _table.OutputLayer(name, rows, Spec.Dimensions.HiddenSize);
        _linear.Add(name, new TorchLinear(new TorchFullWeight(Head(weight)), Head(bias), hasIntegerProduct: false));
    }

    private DeviceParameter Encoder(Parameter parameter) => OnDevice(parameter, isHead: false);

    private DeviceParameter Head(Parameter parameter) => OnDevice(parameter, isHead: true);

    private DeviceParameter OnDevice(Parameter parameter, bool isHead)
    {
        var made = new DeviceParameter(parameter, isHead, _device);
        _onDevice.Add(made);
        return made;
    }
}
