using QuantGen.Peers.Racing;
using QuantGen.Tokenization;

namespace QuantGen.Peers.Tokenizers;

/// <summary>A tokenizer and the lines it tokenizes in a run.</summary>
/// <param name="name">The name of its package.</param>
/// <param name="lines">The lines.</param>
internal abstract class LineTokenizer(string name, IReadOnlyList<TextLine> lines) : IContender
{
    /// <summary>The most tokens of a line; the rest is cut off.</summary>
    protected const int Room = 8192;

    public string Name => name;

    /// <summary>Tokenizes a line.</summary>
    /// <returns>How many tokens it has, with those at the ends. They count until the next call.</returns>
    public abstract int Encode(string line);

    /// <summary>Gets the ids of the last line.</summary>
    /// <param name="count">What <see cref="Encode"/> returned.</param>
    public abstract int[] Ids(int count);

    public void Run() => Tokens();

    /// <summary>Tokenizes all lines and counts the tokens.</summary>
    public long Tokens()
    {
        long tokens = 0;
        foreach (TextLine line in lines)
        {
            tokens += Encode(line.Text);
        }

        return tokens;
    }

    public virtual void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>QuantGen's.</summary>
internal sealed class OurLineTokenizer(IReadOnlyList<TextLine> lines, string vocabulary) : LineTokenizer("QuantGen", lines)
{
    private readonly BertTokenizer _tokenizer = RaceTexts.OpenTokenizer(vocabulary);
    private readonly int[] _ids = new int[Room];
    private readonly byte[] _types = new byte[Room];

    public override int Encode(string line) => _tokenizer.Encode(line, default, _ids, _types, Room, out _);

    public override int[] Ids(int count) => _ids[..count];
}

/// <summary>FastBertTokenizer, by the overload that writes into spans.</summary>
internal sealed class FastLineTokenizer : LineTokenizer
{
    private readonly FastBertTokenizer.BertTokenizer _tokenizer = new();
    private readonly long[] _ids = new long[Room];
    private readonly long[] _mask = new long[Room];

    public FastLineTokenizer(IReadOnlyList<TextLine> lines, string vocabulary)
        : base("FastBertTokenizer", lines)
    {
        using StreamReader reader = File.OpenText(vocabulary);
        _tokenizer.LoadVocabulary(reader, convertInputToLowercase: true);
    }

    public override int Encode(string line) => _tokenizer.Encode(line, _ids, _mask);

    public override int[] Ids(int count) => Array.ConvertAll(_ids[..count], id => (int)id);
}

/// <summary>Microsoft.ML.Tokenizers, which has no overload that writes into spans.</summary>
internal sealed class MicrosoftLineTokenizer(IReadOnlyList<TextLine> lines, string vocabulary) : LineTokenizer("Microsoft.ML.Tokenizers", lines)
{
    private readonly Microsoft.ML.Tokenizers.BertTokenizer _tokenizer = Microsoft.ML.Tokenizers.BertTokenizer.Create(
        vocabulary, new Microsoft.ML.Tokenizers.BertOptions { LowerCaseBeforeTokenization = true, RemoveNonSpacingMarks = true });

    private IReadOnlyList<int> _ids = [];

    public override int Encode(string line)
    {
        _ids = _tokenizer.EncodeToIds(line, Room, out _, out _);
        return _ids.Count;
    }

    public override int[] Ids(int count) => [.. _ids];
}
