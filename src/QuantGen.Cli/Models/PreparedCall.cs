using QuantGen.Execution;

namespace QuantGen.Cli.Models;

/// <summary>A call of a model with random token ids that can be repeated.</summary>
internal sealed class PreparedCall
{
    private readonly InferenceSession _session;
    private readonly int[] _ids;
    private readonly byte[] _types;
    private readonly int[] _lengths;
    private readonly float[] _results;

    /// <summary>Draws ids.</summary>
    /// <param name="session">The model.</param>
    /// <param name="sequenceLength">Tokens of each sequence.</param>
    /// <param name="batch">Sequences.</param>
    /// <param name="seed">Which ids are drawn.</param>
    public PreparedCall(InferenceSession session, int sequenceLength, int batch, int seed)
    {
        _session = session;
        _ids = new int[checked(sequenceLength * batch)];
        var random = new Random(seed);
        for (int i = 0; i < _ids.Length; i++)
        {
            _ids[i] = random.Next(session.Spec.Dimensions.VocabularySize);
        }

        _types = new byte[_ids.Length];
        _lengths = new int[batch];
        Array.Fill(_lengths, sequenceLength);
        int rows = session.Spec.HasPooler ? batch : _ids.Length;
        _results = new float[rows * (session.Spec.HasOutputLayer ? session.Spec.OutputCount : session.Spec.Dimensions.HiddenSize)];
    }

    /// <summary>Makes the call.</summary>
    /// <param name="options">Threads and profile; null for defaults.</param>
    public void Run(CallOptions? options = null)
    {
        if (_session.Spec.HasOutputLayer)
        {
            _session.Run(_ids, _types, _lengths, _results, options);
        }
        else
        {
            _session.RunHidden(_ids, _types, _lengths, _results, options);
        }
    }
}
