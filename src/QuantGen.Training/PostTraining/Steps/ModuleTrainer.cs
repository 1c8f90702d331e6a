using QuantGen.Quantization;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.PostTraining.Solving;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Trains modules of a model, and says what they hand on.</summary>
internal sealed class ModuleTrainer
{
    private readonly RecipeState _state;
    private readonly ModuleOptions _options;
    private readonly int _texts;
    private readonly Dictionary<string, WeightJob> _jobs;

    /// <summary>Prepares trainings.</summary>
    /// <param name="state">The model.</param>
    /// <param name="options">How modules are trained.</param>
    /// <param name="texts">Texts of a step.</param>
    public ModuleTrainer(RecipeState state, ModuleOptions options, int texts)
    {
        _state = state;
        _options = options;
        _texts = texts;
        _jobs = state.UniformMatrices().ToDictionary(job => job.Matrix.Name, StringComparer.Ordinal);
    }

    /// <summary>Trains one module.</summary>
    /// <param name="floats">What its layers are made of.</param>
    /// <param name="layers">Its layers.</param>
    /// <param name="states">What enters it in full precision, and what enters it.</param>
    /// <param name="report">Told the share that is done.</param>
    /// <param name="cancellation">Stops the work between two steps.</param>
    /// <returns>The module, and what it hands on in full precision.</returns>
    public (ModuleTraining Training, HiddenStates Full) Train(
        LayerSource floats, int[] layers, (HiddenStates Full, HiddenStates Rounded) states, Action<double> report, CancellationToken cancellation)
    {
        HiddenStates[] targets = Targets(floats, layers, states.Full, cancellation);
        ModuleTraining training = Module(floats, layers, cancellation);
        var data = new ReconstructionData(states.Rounded, targets);
        TextOrder order = Order(states.Rounded);
        LayerInputs.ReleaseModels();
        for (int step = 0; step < _options.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            training.Step(data, [], states.Full, step, order.At(step));
            LayerInputs.ReleaseGrown(step + 1);
            report((double)step / _options.Steps);
        }

        return (training, targets[^1]);
    }

    /// <summary>Trains all modules at the same time, each on what the one before it hands on.</summary>
    public ModuleTraining[] TrainAtOnce(
        TrainingPass[] passes, int[][] modules, (HiddenStates Full, HiddenStates Rounded) states, Action<double> report, CancellationToken cancellation)
    {
        LayerSource[] sources = [.. passes.Select(Source)];
        HiddenStates[] targets = Targets(sources[0], [.. modules.SelectMany(layers => layers)], states.Full, cancellation);
        HiddenStates[] full = [.. modules.Select(layers => layers[0] == 0 ? states.Full : targets[layers[0] - 1])];
        ModuleTraining[] trainings = [.. modules.Select((layers, module) => Module(sources[module], layers, cancellation))];
        ReconstructionData[] data = [.. modules.Select(layers => new ReconstructionData(states.Rounded, targets[layers[0]..(layers[^1] + 1)]))];
        LayerInputs.ReleaseModels();
        new ModulePipeline(trainings, data, full, Order(states.Rounded)).Train(
            _options.Steps, _state.Threads,
            step =>
            {
                LayerInputs.ReleaseGrown(step + 1);
                report((step + 1.0) / _options.Steps);
            },
            cancellation);
        return trainings;
    }

    /// <summary>Computes what a module hands on when its weights are merely rounded, and in full precision.</summary>
    public (HiddenStates Full, HiddenStates Rounded) Pass(
        LayerSource floats, int[] layers, (HiddenStates Full, HiddenStates Rounded) states, CancellationToken cancellation) =>
        (Targets(floats, layers, states.Full, cancellation)[^1], Module(floats, layers, cancellation).HandOn(states.Rounded, _texts, cancellation));

    /// <summary>Gets what layers are made of, in full precision.</summary>
    public LayerSource Source(TrainingPass pass) => new(_state.Target, _state.Weights.Read, pass);

    /// <summary>Gets what a module has learned.</summary>
    public JobResult Learned(ModuleTraining training)
    {
        var codes = new Dictionary<string, QuantizedMatrix>(StringComparer.Ordinal);
        foreach (Parameter parameter in training.Parameters)
        {
            if (training.Codes(parameter, _state.Target) is QuantizedMatrix own)
            {
                codes.Add(parameter.Name[..^".weight".Length], own);
            }
        }

        return new JobResult
        {
            Codes = codes,
            Weights = training.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Values, StringComparer.Ordinal),
            Ranges = training.Ranges.ToDictionary(range => range.Site, range => range.Parameters, StringComparer.Ordinal),
        };
    }

    /// <summary>Puts what a module has learned in its place.</summary>
    public static void Keep(RecipeState state, JobResult learned)
    {
        foreach ((string site, QuantizationParameters range) in learned.Ranges)
        {
            state.SetRange(site, [range]);
        }

        foreach ((string name, float[] values) in learned.Weights)
        {
            state.Weights.Replace(name, values);
        }

        foreach ((string matrix, QuantizedMatrix codes) in learned.Codes)
        {
            state.SetCodes(matrix, codes);
        }
    }

    private HiddenStates[] Targets(LayerSource floats, int[] layers, HiddenStates full, CancellationToken cancellation) =>
        new LayerReconstruction([.. layers.Select(layer => new LayerNetwork(floats, layer))], floats.Pass).Outputs(full, _texts, cancellation);

    private ModuleTraining Module(LayerSource floats, int[] layers, CancellationToken cancellation)
    {
        QuantizedMatrix? Grid(Parameter weight, MatrixSpec matrix) =>
            _jobs.TryGetValue(matrix.Name, out WeightJob? job) ? job.Fit(weight.Values, cancellation) : null;
        return new ModuleTraining(floats with { Range = _state.RangeOf }, layers, Grid, _options);
    }

    private TextOrder Order(HiddenStates states) => new(states.Lengths(), _texts, (ulong)_state.Texts.Options.Seed);
}
