using QuantGen.Quantization;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.PostTraining.Solving;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Trains weights, thresholds, biases and normalizations of a few layers at a time until their outputs are the full-precision ones (MREM).</summary>
/// <remarks>
/// Bai et al., 2021: modules in sequence, each on what the trained ones before it hand on, or all at the same time; with teacher forcing that fades.
/// </remarks>
/// <param name="values">The settings.</param>
internal sealed class MremStep(StepValues values) : IRecipeStep
{
    private const double Damping = 0.01;

    private readonly ModuleOptions _options = new(values.GetWhole("steps"), values.Get("learning_rate"), values.Get("forced"));
    private readonly int _texts = values.GetWhole("batch");
    private readonly int _modules = values.GetWhole("modules");
    private readonly bool _parallel = values.GetWhole("parallel") == 1;

    /// <summary>What the step may be told.</summary>
    public static StepOption[] Options { get; } =
    [
        new("steps", 600, 1, 1_000_000, IsWhole: true), new("learning_rate", 2e-4, 1e-7, 1), new("batch", 32, 1, 4096, IsWhole: true),
        new("modules", 2, 1, 1000, IsWhole: true), new("parallel", 0, 0, 1, IsWhole: true), new("forced", 0.5, 0, 1),
    ];

    /// <summary>Says why the step cannot make a model; null when it can.</summary>
    public static string? Refusal(ModelSpec spec) => LayerInputs.Refusal(spec)
        ?? (spec.Matrices.FirstOrDefault(matrix => matrix.IsUniform && (matrix.GroupSize != 0 || matrix.HasZeroPoints)) is MatrixSpec matrix
            ? $"'{matrix.Name}' has scales along inputs or zero points, which are not trained" : null);

    /// <summary>Splits layers into modules that follow each other: the first and the number of each, the longer ones first.</summary>
    public static (int First, int Count)[] Partition(int layers, int modules)
    {
        int count = Math.Min(layers, modules);
        var parts = new (int First, int Count)[count];
        for (int i = 0, first = 0; i < count; i++)
        {
            parts[i] = (first, (layers / count) + (i < layers % count ? 1 : 0));
            first += parts[i].Count;
        }

        return parts;
    }

    public void Run(RecipeState state, IProgress<double>? progress, CancellationToken cancellation)
    {
        if (state.PartsDone < (_parallel ? 1 : Partition(state.Target.Dimensions.Layers, _modules).Length))
        {
            TrainLayers(state, progress, cancellation);
            LayerInputs.ReleaseModels();
        }

        // What is in no layer, as a pooler, is rounded on what the trained layers hand on.
        MatrixStages.Round(
            state, (weights, grid, moments, _) => SecondOrderRounding.Run(weights, grid, moments, Damping, state.Threads, cancellation), progress: null,
            cancellation);
    }

    public long Memory(RecipeState state, CancellationToken cancellation)
    {
        int[] lengths = [.. state.Batches(cancellation).SelectMany(batch => batch.Lengths)];
        var order = new TextOrder(lengths, _texts, (ulong)state.Texts.Options.Seed);
        int[][] batches = [.. Enumerable.Range(0, (lengths.Length + _texts - 1) / _texts).Select(order.At)];
        int tokens = batches.Max(texts => texts.Sum(text => lengths[text]));
        (int First, int Count)[] modules = Partition(state.Target.Dimensions.Layers, _modules);
        int workers = _parallel ? Math.Max(1, state.Threads / modules.Length) : state.Threads;
        long module = ModuleMemory.Module(state.Target, modules[0].Count, tokens, lengths.Max(), workers);

        // In sequence a module's outputs are made while its targets are there; at once, all targets are.
        int depths = _parallel ? state.Target.Dimensions.Layers + 2 : (2 * modules[0].Count) + 2;
        long training = ModuleMemory.States(state.Target, lengths.Sum(length => (long)length), depths) + (_parallel ? modules.Length * module : module);

        // Before that the texts run through models in full precision, one after the other.
        LayerInputs.ReleaseModels();
        return Math.Max(training, ModuleMemory.Model(state.Target));
    }

    private void TrainLayers(RecipeState state, IProgress<double>? progress, CancellationToken cancellation)
    {
        (HiddenStates full, HiddenStates rounded) = LayerInputs.AfterParts(state, cancellation);
        int[][] modules =
            [.. Partition(state.Target.Dimensions.Layers, _modules).Select(part => Enumerable.Range(part.First, part.Count).ToArray())];
        var order = new TextOrder(rounded.Lengths(), _texts, (ulong)state.Texts.Options.Seed);
        var jobs = state.UniformMatrices().ToDictionary(job => job.Matrix.Name, StringComparer.Ordinal);
        QuantizedMatrix? Grid(Parameter weight, MatrixSpec matrix) =>
            jobs.TryGetValue(matrix.Name, out WeightJob? job) ? job.Fit(weight.Values, cancellation) : null;
        if (_parallel)
        {
            RunAtOnce(state, modules, (full, rounded), order, Grid, progress, cancellation);
            state.PartDone();
        }
        else
        {
            RunInSequence(state, modules, (full, rounded), order, Grid, progress, cancellation);
        }
    }

    private void RunInSequence(
        RecipeState state, int[][] modules, (HiddenStates Full, HiddenStates Rounded) states, TextOrder order,
        Func<Parameter, MatrixSpec, QuantizedMatrix?> grid, IProgress<double>? progress, CancellationToken cancellation)
    {
        using var pass = new TrainingPass(new TrainableOptions { Threads = state.Threads });
        var floats = new LayerSource(state.Target, state.Weights.Read, pass);
        for (int module = state.PartsDone; module < modules.Length; module++)
        {
            double done = module;
            states = RunModule(
                state, floats, modules[module], states, order, grid, share => progress?.Report((done + share) / modules.Length), cancellation);
            LayerInputs.ReleaseModels();
            LayerInputs.PartDone(state, states.Full, states.Rounded);
        }
    }

    private (HiddenStates Full, HiddenStates Rounded) RunModule(
        RecipeState state, LayerSource floats, int[] layers, (HiddenStates Full, HiddenStates Rounded) states, TextOrder order,
        Func<Parameter, MatrixSpec, QuantizedMatrix?> grid, Action<double> report, CancellationToken cancellation)
    {
        HiddenStates[] targets = Targets(floats, layers, states.Full, cancellation);
        var training = new ModuleTraining(floats with { Range = state.RangeOf }, layers, grid, _options);
        var data = new ReconstructionData(states.Rounded, targets);
        LayerInputs.ReleaseModels();
        for (int step = 0; step < _options.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            training.Step(data, [], states.Full, step, order.At(step));
            report((double)step / _options.Steps);
        }

        Keep(state, training);
        return (targets[^1], training.HandOn(states.Rounded, _texts, cancellation));
    }

    private void RunAtOnce(
        RecipeState state, int[][] modules, (HiddenStates Full, HiddenStates Rounded) states, TextOrder order,
        Func<Parameter, MatrixSpec, QuantizedMatrix?> grid, IProgress<double>? progress, CancellationToken cancellation)
    {
        TrainingPass[] passes = [.. modules.Select(_ => new TrainingPass(new TrainableOptions { Threads = Math.Max(1, state.Threads / modules.Length) }))];
        try
        {
            LayerSource[] sources = [.. passes.Select(pass => new LayerSource(state.Target, state.Weights.Read, pass))];
            HiddenStates[] targets = Targets(sources[0], [.. modules.SelectMany(layers => layers)], states.Full, cancellation);
            HiddenStates[] full = [.. modules.Select(layers => layers[0] == 0 ? states.Full : targets[layers[0] - 1])];
            ModuleTraining[] trainings =
                [.. modules.Select((layers, module) => new ModuleTraining(sources[module] with { Range = state.RangeOf }, layers, grid, _options))];
            ReconstructionData[] data =
                [.. modules.Select((layers, module) => new ReconstructionData(states.Rounded, targets[layers[0]..(layers[^1] + 1)]))];
            LayerInputs.ReleaseModels();
            double rounds = _options.Steps + modules.Length - 1;
            new ModulePipeline(trainings, data, full, order).Train(
                _options.Steps, state.Threads, round => progress?.Report(round / rounds), cancellation);
            Array.ForEach(trainings, training => Keep(state, training));
        }
        finally
        {
            Array.ForEach(passes, pass => pass.Dispose());
        }
    }

    private HiddenStates[] Targets(LayerSource floats, int[] layers, HiddenStates full, CancellationToken cancellation) =>
        new LayerReconstruction([.. layers.Select(layer => new LayerNetwork(floats, layer))], floats.Pass).Outputs(full, _texts, cancellation);

    private static void Keep(RecipeState state, ModuleTraining training)
    {
        foreach (StoredRange range in training.Ranges)
        {
            state.SetRange(range.Site, [range.Parameters]);
        }

        foreach (Parameter parameter in training.Parameters)
        {
            state.Weights.Replace(parameter.Name, parameter.Values);
            if (training.Codes(parameter, state.Target) is QuantizedMatrix codes)
            {
                state.SetCodes(parameter.Name[..^".weight".Length], codes);
            }
        }
    }
}
