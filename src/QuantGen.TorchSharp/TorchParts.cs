using QuantGen.Graph;
using QuantGen.Schemes;
using QuantGen.Specs;
using QuantGen.Trainable;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>The parts of a model by their canonical names. Making them makes the parameters, in the order of the forward pass.</summary>
internal sealed class TorchParts
{
    private readonly Dictionary<string, TorchLinear> _linear = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TorchNorm> _norms = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TorchAttention> _attentions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TorchSite> _sites = new(StringComparer.Ordinal);
    private readonly List<TorchWeight> _weights = [];
    private readonly ParameterTable _table;
    private readonly Device _device;

    public TorchParts(ModelSpec spec, TrainableOptions options, Device device)
    {
        Spec = spec;
        _device = device;
        _table = new ParameterTable(spec, options);
        foreach (Node node in spec.Graph.Nodes)
        {
            Add(node, spec.Graph.Head.Contains(node) ? Head : Encoder);
        }
    }

    public ModelSpec Spec { get; }

    public IReadOnlyList<Parameter> Parameters => _table.All;

    public TorchEmbedding Embedding { get; private set; } = null!;

    /// <summary>Gets the summands of a masked language model's decoder; null without one.</summary>
    public DeviceParameter? DecoderBias { get; private set; }

    public TorchLinear Linear(string name) => _linear[name];

    public TorchNorm Norm(string name) => _norms[name];

    public TorchAttention Attention(string name) => _attentions[name];

    /// <summary>Quantizes what linear layers read; in a pass that calibrates it finds their range instead.</summary>
    /// <returns>The codes; null where no layer wants them.</returns>
    public QuantizedInput? Quantize(TorchPass pass, string site, Tensor values, int use)
    {
        if (!_sites.TryGetValue(site, out TorchSite? place))
        {
            return null;
        }

        place.Observe(pass, values, use);
        return pass.IsQuantized ? place.Quantize(pass, values, pass.WholeRows(values.shape[0]) * values.shape[1], use) : null;
    }

    /// <summary>Begins what a batch, or the first part of one, shows to running ranges.</summary>
    public void BeginRanges()
    {
        foreach (TorchSite site in _sites.Values)
        {
            site.Range.Begin();
        }
    }

    /// <summary>Moves running ranges by what a whole batch showed.</summary>
    public void MoveRanges()
    {
        foreach (TorchSite site in _sites.Values)
        {
            site.Range.Move();
        }
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

    private void Add(Node node, Func<Parameter, DeviceParameter> device)
    {
        switch (node)
        {
            case EmbeddingNode e:
                (QuantizedParameter words, QuantizedParameter positions, QuantizedParameter? types) =
                    _table.Embeddings(e.Words, e.Positions, e.Types, e.Columns);
                var table = new WordTable(words, Spec.Graph.Decoder is not null, Encoder);
                Embedding = new TorchEmbedding(table, device(positions.Weight), types is null ? null : device(types.Weight));
                break;
            case NormNode norm:
                AddNorm(norm.Name, norm.Columns, device);
                break;
            case LinearNode { IsQuantizable: true } linear:
                AddMatrix(linear, device);
                break;
            case LinearNode linear:
                (Parameter weight, Parameter bias) = _table.OutputLayer(linear.Name, linear.Rows, linear.Width);
                _linear.Add(linear.Name, new TorchLinear(new TorchFullWeight(device(weight)), device(bias), hasIntegerProduct: false));
                break;
            case AttentionNode attention:
                AddAttention(attention, device);
                break;
            case DecoderNode decoder:
                DecoderBias = device(_table.DecoderBias(decoder.Words));
                break;
        }
    }

    private void AddMatrix(LinearNode linear, Func<Parameter, DeviceParameter> device)
    {
        if (!_sites.ContainsKey(linear.Site) && Spec.ActivationSites().FirstOrDefault(s => s.Name == linear.Site) is { IsQuantized: true } place)
        {
            AddSite(place, Spec.ActivationBits, device);
        }

        (QuantizedParameter parameter, Parameter bias) = _table.Linear(linear.Name, linear.Rows, linear.Width);
        TorchWeight weight = TorchWeight.Of(parameter, device);
        _weights.Add(weight);
        _linear.Add(linear.Name, new TorchLinear(weight, device(bias), Spec.Matrix(linear.Name).HasIntegerProduct));
    }

    private void AddAttention(AttentionNode attention, Func<Parameter, DeviceParameter> device)
    {
        foreach (ActivationSite operand in Spec.AttentionSites().Where(site => attention.Operands.Contains(site.Name)))
        {
            AddSite(operand, Spec.AttentionBits, device);
        }

        TorchSite[] sites = [.. attention.Operands.Where(_sites.ContainsKey).Select(name => _sites[name])];
        TorchOperands? operands = sites.Length == 0 ? null : new TorchOperands(sites[0], sites[1], sites[2], sites[3]);
        _attentions.Add(attention.Name, new TorchAttention(attention.Heads, attention.HeadSize, operands));
    }

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

    private DeviceParameter Encoder(Parameter parameter) => new(parameter, isHead: false, _device);

    private DeviceParameter Head(Parameter parameter) => new(parameter, isHead: true, _device);
}
