using QuantGen.Cli.Compilation;
using QuantGen.Cli.Measuring;
using QuantGen.Cli.Models;
using QuantGen.Execution;
using QuantGen.Packed;

namespace QuantGen.Peers.Racing;

/// <summary>QuantGen with one model and the batches it computes, without padding, compiled and called as by <c>quantgen bench</c>.</summary>
internal sealed class OurSession : IContender
{
    private readonly InferenceSession _session;
    private readonly ModelCall[] _calls;

    /// <summary>Compiles and loads a model.</summary>
    /// <param name="model">The model, which is disposed of.</param>
    /// <param name="threads">The threads of a call.</param>
    /// <param name="batches">What <see cref="Run"/> computes.</param>
    /// <param name="cancellation">Stops the compiler.</param>
    public OurSession(PackedModel model, int threads, IReadOnlyList<IReadOnlyList<Sequence>> batches, CancellationToken cancellation)
    {
        _session = Load(model, threads, cancellation);
        _calls =
        [
            .. batches.Select(batch => new ModelCall(
                _session,
                [.. batch.SelectMany(text => text.Ids)],
                [.. batch.SelectMany(text => text.Types, (_, type) => (byte)type)],
                [.. batch.Select(text => text.Length)])),
        ];
    }

    /// <summary>Gets which instructions the generated code uses.</summary>
    public string InstructionSet => _session.InstructionSet;

    /// <summary>Compiles and loads a model.</summary>
    public static InferenceSession Load(PackedModel model, int threads, CancellationToken cancellation) =>
        new SessionLoader(CompilationTarget.DefaultBatchTokens, threads, UsesCache: true).Load(model, cancellation);

    public void Run()
    {
        foreach (ModelCall call in _calls)
        {
            call.Run();
        }
    }

    public void Dispose() => _session.Dispose();
}
