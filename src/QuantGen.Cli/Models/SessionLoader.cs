using QuantGen.Cli.Compilation;
using QuantGen.Cli.Conventions;
using QuantGen.Execution;
using QuantGen.Packed;
using QuantGen.Specs;
using QuantGen.Tasks;
using QuantGen.Trainable;
using QuantGen.Training.PostTraining;

namespace QuantGen.Cli.Models;

/// <summary>Compiles models in this process and loads them.</summary>
/// <param name="BatchTokens">The most tokens of one pass that the memory plan provides for.</param>
/// <param name="Threads">The most threads of a call; null for all processors.</param>
/// <param name="UsesCache">Whether compiled models are kept for the next time.</param>
internal sealed record SessionLoader(int BatchTokens, int? Threads, bool UsesCache) : IModelLoader
{
    private const string Namespace = "QuantGen.Compiled";
    private const string ClassName = "Model";

    // Steps that try many ranges load one model over and over.
    private readonly Dictionary<string, IEncoderProgram> _programs = new(StringComparer.Ordinal);

    /// <summary>Loads a model and disposes of the packed form.</summary>
    public InferenceSession Load(PackedModel model, CancellationToken cancellation)
    {
        try
        {
            IEncoderProgram program = Compile(model.Spec, cancellation);
            RequireMembers(model);
            return InferenceSession.Load(model, program, Options with { CancellationToken = cancellation });
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Gets what outputs go through; null for what the model says.</summary>
    public OutputActivation? Activation { get; init; }

    /// <summary>Gets how the members of an ensemble decide; null for the default, and for models alone.</summary>
    public EnsembleVote? Vote { get; init; }

    /// <summary>Gets how sessions are loaded: one call at a time.</summary>
    public LoadOptions Options => new()
    {
        Threads = Threads ?? Environment.ProcessorCount, ConcurrentCalls = 1, OutputActivation = Activation, Vote = Vote ?? EnsembleVote.Weighted,
    };

    /// <summary>Refuses a way of voting for a model alone.</summary>
    /// <exception cref="UsageException">The model has no members.</exception>
    public void RequireMembers(PackedModel model)
    {
        if (Vote is not null && model.Votes.Count == 0)
        {
            throw new UsageException($"--vote needs an ensemble, and {model.Name} is a model alone");
        }

        if (Vote is EnsembleVote.Votes or EnsembleVote.Majority && model.Spec.Head == BertHead.Regression)
        {
            throw new UsageException($"--vote votes and majority count classes, and {model.Name} gives numbers: its outputs are weighted means");
        }
    }

    /// <summary>Makes the code of a model: by the generator that a user's build runs, and nothing else.</summary>
    public IEncoderProgram Compile(ModelSpec spec, CancellationToken cancellation)
    {
        if (!_programs.TryGetValue(spec.Sha256, out IEncoderProgram? program))
        {
            program = Compile(spec, training: false, ProgramAssembly.Load, cancellation);
            _programs.Add(spec.Sha256, program);
        }

        return program;
    }

    /// <summary>Makes the code that trains a model.</summary>
    public ITrainableModel CompileTrainable(ModelSpec spec, TrainableOptions options, CancellationToken cancellation) => Compile(
        spec, training: true, (assembly, target, wanted) => ProgramAssembly.LoadTrainable(assembly, target, wanted, options), cancellation);

    private T Compile<T>(ModelSpec spec, bool training, Func<byte[], CompilationTarget, ModelSpec, T> load, CancellationToken cancellation)
    {
        int positions = spec.Dimensions.MaxPositions;
        var target = new CompilationTarget(Namespace, ClassName, positions, Math.Max(positions, BatchTokens), training);
        CompilationCache? cache = UsesCache ? CompilationCache.ForUser() : null;
        string key = CompilationCache.Key(spec, target);
        if (cache?.Read(key) is byte[] kept)
        {
            return load(kept, target, spec);
        }

        byte[] assembly = ModelCompiler.Compile(ModelClass.Of(new SpecFile(spec, Labels: default, Recipe: null), target), Namespace, cancellation).Assembly;
        T program = load(assembly, target, spec);
        cache?.Write(key, assembly);
        return program;
    }
}
