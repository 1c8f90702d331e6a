using Microsoft.ML.OnnxRuntime;
using QuantGen.Graph;
using QuantGen.Peers.Graphs;

namespace QuantGen.Peers.Racing;

/// <summary>ONNX Runtime with one graph and the batches it computes.</summary>
internal sealed class PeerSession : IContender
{
    private const string UseTables = "mlas.use_lut_gemm";
    private readonly Microsoft.ML.OnnxRuntime.InferenceSession _session;
    private readonly Recipe _recipe;
    private readonly RunOptions _options = new();
    private readonly IReadOnlyList<PeerBatch> _batches;

    private PeerSession(Microsoft.ML.OnnxRuntime.InferenceSession session, Recipe recipe, IReadOnlyList<PeerBatch> batches) =>
        (_session, _recipe, _batches) = (session, recipe, batches);

    /// <summary>Gets the version of ONNX Runtime.</summary>
    public static string Version => OrtEnv.Instance().GetVersionString();

    /// <summary>Describes how sessions are made, for reports.</summary>
    public static IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["intra_op_threads"] = "the threads of the row",
        ["inter_op_threads"] = "1",
        ["execution_mode"] = "sequential",
        ["graph_optimization_level"] = "all",
        ["log_severity_level"] = "3",
    };

    /// <summary>Builds a graph and loads it.</summary>
    /// <param name="config">The dimensions.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="recipe">Which operators.</param>
    /// <param name="output">What comes out.</param>
    /// <param name="threads">The threads of a call.</param>
    /// <param name="batches">What a run computes; each batch is padded to its longest text.</param>
    public static PeerSession Load(
        ModelConfig config, IWeightSource weights, Recipe recipe, GraphOutput output, int threads, IReadOnlyList<IReadOnlyList<Sequence>> batches)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        if (recipe.UsesTables)
        {
            options.AddSessionConfigEntry(UseTables, "1");
        }

        bool isMasked = recipe.Mask != PaddingMask.None;
        return new PeerSession(
            new Microsoft.ML.OnnxRuntime.InferenceSession(BertGraph.Build(config, weights, recipe, output), options),
            recipe,
            [.. batches.Select(batch => new PeerBatch(batch, isMasked))]);
    }

    public void Run()
    {
        foreach (PeerBatch batch in _batches)
        {
            using IDisposableReadOnlyCollection<OrtValue> outputs = Compute(batch);
        }
    }

    /// <summary>Computes every batch and copies what comes out.</summary>
    /// <exception cref="InvalidOperationException">The graph gives numbers that are not finite.</exception>
    public IReadOnlyList<float[]> Outputs() => [.. _batches.Select(Copy)];

    /// <summary>Computes a batch of the moment into memory that is there already.</summary>
    public void Run(PeerBatch batch, Span<float> result)
    {
        using IDisposableReadOnlyCollection<OrtValue> outputs = Compute(batch);
        outputs[0].GetTensorDataAsSpan<float>().CopyTo(result);
    }

    public void Dispose()
    {
        foreach (PeerBatch batch in _batches)
        {
            batch.Dispose();
        }

        _options.Dispose();
        _session.Dispose();
    }

    private IDisposableReadOnlyCollection<OrtValue> Compute(PeerBatch batch) => _session.Run(_options, batch.Names, batch.Values, _session.OutputNames);

    private float[] Copy(PeerBatch batch)
    {
        using IDisposableReadOnlyCollection<OrtValue> outputs = Compute(batch);
        float[] values = outputs[0].GetTensorDataAsSpan<float>().ToArray();
        return values.All(float.IsFinite) ? values : throw new InvalidOperationException($"{_recipe}: the graph gives numbers that are not finite");
    }
}
