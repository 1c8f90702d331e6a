using System.Runtime.CompilerServices;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.PostTraining.Solving;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Trains weights, thresholds, biases and normalizations of a few layers at a time until their outputs are the full-precision ones (MREM).</summary>
/// <remarks>
/// Bai et al., 2021: modules in sequence, each on what the trained ones before it hand on, or all at the same time; with teacher forcing that fades. Modules
/// that are independent have before them a model that is merely rounded: they are jobs of other processes, and no module makes up for what those before it
/// have become.
/// </remarks>
/// <param name="values">The settings.</param>
internal sealed class MremStep(StepValues values) : IJobStep
{
    private const double Damping = 0.01;

    // Values of the setting 'parallel'; without it modules are trained in sequence.
    private const int Pipelined = 1;
    private const int Independent = 2;

    private readonly ModuleOptions _options = new(values.GetWhole("steps"), values.Get("learning_rate"), values.Get("forced"));
    private readonly int _texts = values.GetWhole("batch");
    private readonly int _modules = values.GetWhole("modules");
    private readonly int _form = values.GetWhole("parallel");

    /// <summary>What the step may be told.</summary>
    public static StepOption[] Options { get; } =
    [
        new("steps", 600, 1, 1_000_000, IsWhole: true), new("learning_rate", 2e-4, 1e-7, 1), new("batch", 32, 1, 4096, IsWhole: true),
        new("modules", 2, 1, 1000, IsWhole: true), new("parallel", 0, 0, Independent, IsWhole: true), new("forced", 0.5, 0, 1),
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
        int modules = Modules(state.Target).Length;
        if (_form == Independent)
        {
            // The first part is to prepare, and then every module is one.
            Prepare(state, cancellation);
            for (int job = state.PartsDone - 1; job < modules; job++)
            {
                double done = job;
                ModuleTrainer.Keep(state, Train(state, job, share => progress?.Report((done + share) / modules), cancellation));
                LayerInputs.ReleaseModels();
                state.PartDone();
            }
        }
        else if (state.PartsDone < (_form == Pipelined ? 1 : modules))
        {
            TrainInOrder(state, progress, cancellation);
            LayerInputs.ReleaseModels();
        }

        RoundRest(state, cancellation);
    }

    public int JobCount(ModelSpec target, int partsDone) => _form == Independent && partsDone <= 1 ? Modules(target).Length : 0;

    public void Prepare(RecipeState state, CancellationToken cancellation)
    {
        if (state.PartsDone > 0)
        {
            return;
        }

        (HiddenStates Full, HiddenStates Rounded) states = LayerInputs.Both(state, cancellation);
        int[][] modules = Modules(state.Target);
        var trainer = new ModuleTrainer(state, _options, _texts);
        using var pass = new TrainingPass(new TrainableOptions { Threads = state.Threads });
        LayerSource floats = trainer.Source(pass);
        LayerInputs.HandOn(state, 0, states.Full, states.Rounded);
        for (int module = 1; module < modules.Length; module++)
        {
            states = trainer.Pass(floats, modules[module - 1], states, cancellation);
            LayerInputs.HandOn(state, module, states.Full, states.Rounded);
        }

        LayerInputs.ReleaseModels();
        state.PartDone();
    }

    public JobResult RunJob(RecipeState state, int job, IProgress<double>? progress, CancellationToken cancellation) =>
        Train(state, job, share => progress?.Report(share), cancellation);

    public void Join(RecipeState state, IReadOnlyList<JobResult> results, IProgress<double>? progress, CancellationToken cancellation)
    {
        foreach (JobResult result in results)
        {
            ModuleTrainer.Keep(state, result);
            state.PartDone();
        }

        RoundRest(state, cancellation);
    }

    public long Memory(RecipeState state, CancellationToken cancellation)
    {
        int[] lengths = [.. state.Batches(cancellation).SelectMany(batch => batch.Lengths)];
        var order = new TextOrder(lengths, _texts, (ulong)state.Texts.Options.Seed);
        int[][] batches = [.. Enumerable.Range(0, (lengths.Length + _texts - 1) / _texts).Select(order.At)];
        int tokens = batches.Max(texts => texts.Sum(text => lengths[text]));
        int[][] modules = Modules(state.Target);
        int longest = modules[0].Length;
        int workers = _form == Pipelined ? Math.Max(1, state.Threads / modules.Length) : state.Threads;
        long module = ModuleMemory.Module(state.Target, longest, tokens, lengths.Max(), workers);

        // In sequence a module's outputs are made while its targets are there; at once, all targets are; what enters independent modules is kept.
        int depths = _form switch
        {
            Pipelined => state.Target.Dimensions.Layers + 2,
            Independent => longest + (2 * modules.Length),
            _ => (2 * longest) + 2,
        };
        long training = ModuleMemory.States(state.Target, lengths.Sum(length => (long)length), depths)
            + (_form == Pipelined ? modules.Length * module : module)
            + (_form == Pipelined ? ModuleMemory.States(state.Target, tokens, (modules.Length - 1) * ModulePipeline.Ahead) : 0);

        // Before that the texts run through models in full precision, one after the other.
        LayerInputs.ReleaseModels();
        return Math.Max(ModuleMemory.WithWaste(training), ModuleMemory.Model(state.Target));
    }

    private int[][] Modules(ModelSpec target) =>
        [.. Partition(target.Dimensions.Layers, _modules).Select(part => Enumerable.Range(part.First, part.Count).ToArray())];

    private JobResult Train(RecipeState state, int module, Action<double> report, CancellationToken cancellation)
    {
        var trainer = new ModuleTrainer(state, _options, _texts);
        using var pass = new TrainingPass(new TrainableOptions { Threads = state.Threads });
        (ModuleTraining training, _) = trainer.Train(
            trainer.Source(pass), Modules(state.Target)[module], LayerInputs.HandedOn(state, module), report, cancellation);
        return trainer.Learned(training);
    }

    private void TrainInOrder(RecipeState state, IProgress<double>? progress, CancellationToken cancellation)
    {
        (HiddenStates Full, HiddenStates Rounded) states = LayerInputs.AfterParts(state, cancellation);
        int[][] modules = Modules(state.Target);
        var trainer = new ModuleTrainer(state, _options, _texts);
        if (_form == Pipelined)
        {
            RunAtOnce(state, trainer, modules, states, progress, cancellation);
            return;
        }

        using var pass = new TrainingPass(new TrainableOptions { Threads = state.Threads });
        LayerSource floats = trainer.Source(pass);
        for (int module = state.PartsDone; module < modules.Length; module++)
        {
            double done = module;
            states = Train(state, trainer, floats, modules[module], states, share => progress?.Report((done + share) / modules.Length), cancellation);
            LayerInputs.ReleaseModels();
            LayerInputs.PartDone(state, states.Full, states.Rounded);
        }
    }

    // A method of its own: the caller's variables would keep a module that is done until the next one is.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private (HiddenStates Full, HiddenStates Rounded) Train(
        RecipeState state, ModuleTrainer trainer, LayerSource floats, int[] layers, (HiddenStates Full, HiddenStates Rounded) states, Action<double> report,
        CancellationToken cancellation)
    {
        (ModuleTraining training, HiddenStates full) = trainer.Train(floats, layers, states, report, cancellation);
        ModuleTrainer.Keep(state, trainer.Learned(training));
        LayerInputs.ReleaseModels();
        return (full, training.HandOn(states.Rounded, _texts, cancellation));
    }

    private static void RunAtOnce(
        RecipeState state, ModuleTrainer trainer, int[][] modules, (HiddenStates Full, HiddenStates Rounded) states, IProgress<double>? progress,
        CancellationToken cancellation)
    {
        TrainingPass[] passes = [.. modules.Select(_ => new TrainingPass(new TrainableOptions { Threads = Math.Max(1, state.Threads / modules.Length) }))];
        try
        {
            foreach (ModuleTraining training in trainer.TrainAtOnce(passes, modules, states, share => progress?.Report(share), cancellation))
            {
                ModuleTrainer.Keep(state, trainer.Learned(training));
            }
        }
        finally
        {
            Array.ForEach(passes, pass => pass.Dispose());
        }

        state.PartDone();
    }

    // What is in no layer, as a pooler, is rounded on what the trained layers hand on.
    private static void RoundRest(RecipeState state, CancellationToken cancellation) => MatrixStages.Round(
        state, (weights, grid, moments, _) => SecondOrderRounding.Run(weights, grid, moments, Damping, state.Threads, cancellation), progress: null,
        cancellation);
}
