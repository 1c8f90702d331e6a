using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Trainable;

/// <summary>The part of a trainable model that does not depend on its layers. Derived only by generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class TrainableNetwork : ITrainableModel
{
    private readonly ParameterTable _parameters;
    private readonly List<WeightQuantizer> _quantizers = [];
    private readonly List<EmbeddingTable> _positions = [];
    private readonly List<SiteRange> _ranges = [];
    private readonly Dictionary<string, TrainableSite> _lenders = new(StringComparer.Ordinal);
    private bool _recomputes;
    private EmbeddingTable? _words;
    private bool _hasPass;

    /// <summary>Creates the model's frame; the derived class adds the parameters.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="options">Threads and dropout; null for defaults.</param>
    protected TrainableNetwork(ModelSpec spec, TrainableOptions? options)
    {
        ArgumentNullException.ThrowIfNull(spec);
        Options = options ?? new TrainableOptions();
        Spec = spec;
        _parameters = new ParameterTable(spec, Options);
        Trace = new TrainingTrace(spec);
        TraceGradients = new TrainingTrace(spec);
        Pass = new TrainingPass(Options);
    }

    /// <inheritdoc/>
    public ModelSpec Spec { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> Parameters => _parameters.All;

    /// <inheritdoc/>
    public TrainingTrace Trace { get; }

    /// <inheritdoc/>
    public TrainingTrace TraceGradients { get; }

    /// <summary>Gets the options.</summary>
    protected TrainableOptions Options { get; }

    /// <summary>Gets the batch in hand.</summary>
    protected TrainingPass Pass { get; }

    /// <summary>
    /// Gets the first layer that this pass finds gradients in: -1 where what stands before the layers learns, and the number of layers where only the head
    /// does. Layers before it neither keep their activations nor run backwards.
    /// </summary>
    protected int LowestLayer { get; private set; } = -1;

    /// <inheritdoc/>
    /// <remarks>
    /// Every sum over rows is one chain in the order of the rows, or of groups of rows of one sequence, which goes on from part to part: gradients of weights
    /// and biases where they stand, those of thresholds in double precision until the last part. Layers that share their weights end the exactness: a
    /// whole batch goes backwards through one use of them after the other, and parts through all uses each.
    /// </remarks>
    public bool SumsPartsExactly => !Spec.Graph.IsShared;

    /// <inheritdoc/>
    public long QuantizerBytes =>
        sizeof(float) * (_quantizers.Sum(quantizer => quantizer.Floats) + (_words?.Floats ?? 0) + _positions.Sum(table => table.Floats));

    /// <inheritdoc/>
    public long ActivationBytes(int tokens, int longest) => TrainingMemory.Bytes(
        Spec, tokens, longest, Pass.Team.Workers, Lowest(FirstLearning()), Options.ActivationBudget, Trace.ShowsProjected);

    /// <inheritdoc/>
    public void InitializeWeightQuantizers()
    {
        _words?.Initialize();
        foreach (WeightQuantizer quantizer in _quantizers)
        {
            quantizer.Initialize();
        }
    }

    /// <inheritdoc/>
    public void Forward(TrainingBatch batch, ForwardOptions options)
    {
        ArgumentNullException.ThrowIfNull(batch);
        BatchChecks.Check(batch, Spec);
        _hasPass = false;
        Trace.Resize(batch);
        Pass.Begin(batch, options, Spec.IsPooled);
        Pass.FirstLearning = options.Purpose == ForwardPurpose.Calibrate ? Parameters.Count : FirstLearning();
        LowestLayer = LayerOf(Pass.FirstLearning);
        int depth = Spec.Dimensions.Layers;
        _recomputes = LowestLayer < depth
            && TrainingMemory.Layers(Spec, batch.TokenCount, batch.Longest, LowestLayer) > Options.ActivationBudget;
        Pass.Sharing = _recomputes ? depth : LowestLayer;
        if (Pass.FirstLearning < Parameters.Count)
        {
            TraceGradients.Resize(batch);
        }

        _words?.Prepare(Pass, all: Spec.HasMaskedLanguageHead);
        foreach (EmbeddingTable table in _positions)
        {
            table.Prepare(Pass, all: true);
        }

        if (Pass.IsQuantized)
        {
            Pass.Team.Run(new PrepareJob(_quantizers), _quantizers.Count);
        }

        if (Pass.Part.IsFirst)
        {
            _ranges.ForEach(range => range.Begin());
        }

        RunForward();
        if (Pass.IsLastPart)
        {
            _ranges.ForEach(range => range.Move());
        }

        _hasPass = options.Purpose != ForwardPurpose.Calibrate;
    }

    /// <inheritdoc/>
    public void Backward()
    {
        if (!_hasPass)
        {
            throw new InvalidOperationException("A backward pass follows a forward pass that trains or evaluates.");
        }

        if (Pass.Part.IsFirst)
        {
            Pass.Team.Run(new ClearJob(_quantizers), _quantizers.Count);
            _words?.Begin();
        }

        Pass.IsRepeated = true;
        RunBackward();
        Pass.IsRepeated = false;
        if (Pass.IsLastPart)
        {
            _words?.Finish(Pass);
            Pass.Team.Run(new FinishJob(_quantizers), _quantizers.Count);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs the layers on the batch in hand.</summary>
    protected abstract void RunForward();

    /// <summary>Runs the layers backwards.</summary>
    protected abstract void RunBackward();

    /// <summary>Makes room for the activations of all uses of layers.</summary>
    /// <param name="layers">One for each use.</param>
    protected void Reserve(LayerActivations[] layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        for (int layer = 0; layer < layers.Length; layer++)
        {
            layers[layer].Reserve(Pass.Tokens, Trace.ScoreCount, Pass.Shares(layer) ? layers[0] : null, lendsProjected: !ShowsProjected);
        }
    }

    // Nobody looks at a pass that calibrates.
    private bool ShowsProjected => Trace.ShowsProjected && Pass.Purpose != ForwardPurpose.Calibrate;

    /// <summary>Gets whether a layer is computed once more before it runs backwards, because others have overwritten what it had; nothing came after the
    /// last one.</summary>
    /// <param name="layer">The layer.</param>
    protected bool RunsAgain(int layer) => _recomputes && layer < Spec.Dimensions.Layers - 1;

    /// <summary>Begins the gradient of the last hidden states: what the loss asks of them, or zeros.</summary>
    /// <param name="gradient">The gradient.</param>
    /// <param name="index">Index of the states in the trace.</param>
    protected void BeginGradient(float[] gradient, int index)
    {
        if (TraceGradients.HasHidden)
        {
            TraceGradients.Hidden[index].AsSpan(0, Trace.HiddenCount).CopyTo(gradient);
        }
        else
        {
            gradient.AsSpan(0, Trace.HiddenCount).Clear();
        }
    }

    /// <summary>Adds what the loss itself asks of hidden states.</summary>
    /// <param name="gradient">The gradient.</param>
    /// <param name="index">Index of the states in the trace.</param>
    protected void AddTraceGradient(float[] gradient, int index)
    {
        if (TraceGradients.HasHidden)
        {
            TrainingOperators.Add(Pass, TraceGradients.Hidden[index], gradient, Trace.HiddenCount);
        }
    }

    /// <summary>Shows queries, keys and values of a layer.</summary>
    /// <param name="projected">All three, side by side.</param>
    /// <param name="layer">Index of the layer in the trace.</param>
    protected void Show(float[] projected, int layer) => Trace.Projected[layer] = ShowsProjected ? projected : [];

    /// <summary>Adds what the loss itself asks of queries, keys and values.</summary>
    /// <param name="gradient">The gradients, side by side.</param>
    /// <param name="layer">Index of the layer in the trace.</param>
    protected void AddProjectedGradient(float[] gradient, int layer)
    {
        if (TraceGradients.HasProjected)
        {
            TrainingOperators.Add(Pass, TraceGradients.Projected[layer], gradient, Trace.ProjectedCount);
        }
    }

    /// <summary>Ends the threads.</summary>
    /// <param name="disposing">Whether called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            Pass.Dispose();
        }
    }

    /// <summary>Adds a linear layer, with what its weights become.</summary>
    /// <param name="name">The matrix's canonical name.</param>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    protected TrainableLinear AddLinear(string name, int rows, int columns)
    {
        int order = Parameters.Count;
        (QuantizedParameter weight, Parameter bias) = _parameters.Linear(name, rows, columns);
        if (!weight.Matrix.IsQuantized)
        {
            return new TrainableLinear(weight.Weight, bias, isHead: false) { Order = order };
        }

        if (Spec.Matrix(name).IsPair)
        {
            var pair = new PairedWeights(weight, rows);
            _quantizers.Add(pair);
            return new TrainableLinear(weight.Weight, bias, isHead: false, pair) { Order = order };
        }

        WeightQuantizer quantizer = weight.Matrix.HasCodebook ? new CodebookWeights(weight) : new ScaledWeights(weight);
        _quantizers.Add(quantizer);
        return new TrainableLinear(weight.Weight, bias, isHead: false, quantizer) { Order = order };
    }

    /// <summary>Adds a place where activations are quantized; where its ranges come from follows from how the model is trained.</summary>
    /// <param name="name">The canonical name.</param>
    /// <param name="columns">Width.</param>
    /// <param name="uses">Uses in a pass.</param>
    /// <param name="bits">Bits of a code.</param>
    protected TrainableSite AddSite(string name, int columns, int uses, int bits)
    {
        int order = Parameters.Count;
        SiteRange range = _parameters.Site(name, uses, bits);
        _ranges.Add(range);
        if (!LayerNames.Split(name, out int layer, out string place))
        {
            return new TrainableSite(range, columns) { Order = order };
        }

        var site = new TrainableSite(range, columns) { Order = order, Layer = layer, Lender = _lenders.GetValueOrDefault(place) };
        _lenders.TryAdd(place, site);
        return site;
    }

    /// <summary>Adds the last, always full-precision layer, whose sums inference computes in another order.</summary>
    /// <param name="name">The canonical name.</param>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    protected TrainableLinear AddOutputLayer(string name, int rows, int columns)
    {
        int order = Parameters.Count;
        (Parameter weight, Parameter bias) = _parameters.OutputLayer(name, rows, columns);
        return new TrainableLinear(weight, bias, isHead: true) { Order = order };
    }

    /// <summary>Adds a layer normalization.</summary>
    /// <param name="name">The canonical name.</param>
    /// <param name="columns">Values of a token.</param>
    /// <param name="epsilon">Added to the variance.</param>
    protected TrainableNorm AddNorm(string name, int columns, float epsilon)
    {
        (Parameter weight, Parameter bias) = _parameters.Norm(name, columns);
        return new TrainableNorm(weight, bias, epsilon);
    }

    /// <summary>Adds the embeddings.</summary>
    /// <param name="words">Words.</param>
    /// <param name="positions">Positions.</param>
    /// <param name="types">Token types; 0 for none.</param>
    /// <param name="columns">Width.</param>
    protected TrainableEmbedding AddEmbeddings(int words, int positions, int types, int columns)
    {
        (QuantizedParameter word, QuantizedParameter position, QuantizedParameter? type) = _parameters.Embeddings(words, positions, types, columns);
        _words = new EmbeddingTable(word, Spec.HasEmbeddingPair);
        _positions.Add(new EmbeddingTable(position, isPair: false));
        if (type is not null)
        {
            _positions.Add(new EmbeddingTable(type, isPair: false));
        }

        return new TrainableEmbedding(_words, _positions[0], _positions.ElementAtOrDefault(1));
    }

    /// <summary>Adds the last layer of a masked language model.</summary>
    /// <param name="words">The embeddings whose words are its weights.</param>
    protected TrainableDecoder AddDecoder(TrainableEmbedding words)
    {
        ArgumentNullException.ThrowIfNull(words);
        int order = Parameters.Count;
        words.IsTied = true;
        return new TrainableDecoder(words, _parameters.DecoderBias(words.Table.Rows)) { Order = order };
    }

    // Parameters stand in the order of the forward pass.
    private int FirstLearning()
    {
        int first = 0;
        while (first < Parameters.Count && (Parameters[first].IsFrozen || Parameters[first].Kind == ParameterKind.RunningRange))
        {
            first++;
        }

        return first;
    }

    // As layers are numbered; what only the head has is behind them, and nothing behind that.
    private int Lowest(int parameter) => parameter == Parameters.Count ? Spec.Dimensions.Layers + 1 : LayerOf(parameter);

    private int LayerOf(int parameter) => parameter == Parameters.Count ? Spec.Dimensions.Layers
        : LayerNames.Split(Parameters[parameter].Name, out int layer, out _) ? layer
        : PackedLayout.IsShared(Spec, Parameters[parameter].Name) ? -1 : Spec.Dimensions.Layers;

    private readonly struct PrepareJob(List<WeightQuantizer> quantizers) : ITeamJob
    {
        public void Run(int item, int worker) => quantizers[item].Prepare();
    }

    private readonly struct ClearJob(List<WeightQuantizer> quantizers) : ITeamJob
    {
        public void Run(int item, int worker) => quantizers[item].Clear();
    }

    private readonly struct FinishJob(List<WeightQuantizer> quantizers) : ITeamJob
    {
        public void Run(int item, int worker)
        {
            if (quantizers[item].Learns)
            {
                quantizers[item].Finish();
            }
        }
    }
}
