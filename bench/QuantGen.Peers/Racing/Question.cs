using QuantGen.Execution;
using QuantGen.Packed;
using QuantGen.Peers.Graphs;
using PeerTokenizer = FastBertTokenizer.BertTokenizer;

namespace QuantGen.Peers.Racing;

/// <summary>A text that becomes a vector, from its characters to a length of one: the rows of kind <see cref="RowShape.IsQuestion"/>.</summary>
internal static class Question
{
    /// <summary>The text: 16 tokens with those at its ends, by the vocabulary of BERT.</summary>
    public const string Text = "how do i reset the password of my account when i lost my phone";
}

/// <summary>QuantGen with a sentence encoder, as a program calls it.</summary>
internal sealed class OurQuestion : IContender
{
    private readonly InferenceSession _session;

    public OurQuestion(PackedModel model, int threads, CancellationToken cancellation)
    {
        _session = OurSession.Load(model, threads, cancellation);
        Vector = new float[_session.VectorLength];
    }

    /// <summary>Gets the vector of the last run.</summary>
    public float[] Vector { get; }

    /// <summary>Gets the tokens of the text.</summary>
    public int[] Ids => _session.Tokenizer.Encode(Question.Text).Ids.ToArray();

    public void Run() => _session.Embed(Question.Text, Vector);

    public void Dispose() => _session.Dispose();
}

/// <summary>FastBertTokenizer, and ONNX Runtime with a graph that ends in the mean and its length of one.</summary>
internal sealed class PeerQuestion : IContender
{
    private const int Room = 512;
    private readonly PeerTokenizer _tokenizer = new();
    private readonly PeerSession _session;
    private readonly long[] _ids = new long[Room];
    private readonly long[] _mask = new long[Room];
    private readonly long[] _types = new long[Room];

    /// <summary>Loads both.</summary>
    /// <param name="model">The model.</param>
    /// <param name="recipe">Which operators.</param>
    /// <param name="threads">The threads of a call.</param>
    public PeerQuestion(CheckpointRaceModel model, Recipe recipe, int threads)
    {
        using (StreamReader vocabulary = File.OpenText(Path.Combine(model.Folder, "vocab.txt")))
        {
            _tokenizer.LoadVocabulary(vocabulary, convertInputToLowercase: true);
        }

        Vector = new float[model.Config.HiddenSize];
        _session = PeerSession.Load(model.Config, model.Weights(), recipe, GraphOutput.Sentence, threads, []);
    }

    /// <summary>Gets the vector of the last run.</summary>
    public float[] Vector { get; }

    /// <summary>Gets the tokens of the text.</summary>
    public int[] Ids => Encode().Ids;

    public void Run()
    {
        using var batch = new PeerBatch([Encode()], isMasked: false);
        _session.Run(batch, Vector);
    }

    public void Dispose() => _session.Dispose();

    private Sequence Encode()
    {
        int count = _tokenizer.Encode(Question.Text, _ids, _mask, _types);
        return new Sequence(Array.ConvertAll(_ids[..count], id => (int)id), Array.ConvertAll(_types[..count], type => (int)type));
    }
}
