using QuantGen.Execution;

namespace QuantGen.Cli.Measuring;

/// <summary>The arguments of one call of a model: sequences one after the other, and room for what the head answers.</summary>
internal sealed class ModelCall
{
    private readonly InferenceSession _session;
    private readonly int[] _ids;
    private readonly byte[] _types;
    private readonly int[] _lengths;
    private readonly float[] _results;

    public ModelCall(InferenceSession session, int[] ids, byte[] types, int[] lengths)
    {
        (_session, _ids, _types, _lengths) = (session, ids, types, lengths);
        int rows = session.Spec.IsPooled ? lengths.Length : ids.Length;
        _results = new float[rows * (session.Spec.HasOutputLayer ? session.Spec.OutputCount : session.Spec.Dimensions.HiddenSize)];
    }

    public int Tokens => _ids.Length;

    public int Sequences => _lengths.Length;

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
