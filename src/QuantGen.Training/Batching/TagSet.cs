using QuantGen.Tasks;
using QuantGen.Tokenization;
using QuantGen.Training.Data;

namespace QuantGen.Training.Batching;

/// <summary>Sentences of tagged words, encoded into windows; each window is an example.</summary>
/// <remarks>
/// A word's tag is learnt and read at its first piece (Devlin et al., 2019, section 5.3), and in one window only, that in which this piece has the most context
/// on its poorer side.
/// </remarks>
public sealed class TagSet
{
    private readonly List<(int Sentence, int Word, int Example, int Token)> _places = [];
    private readonly List<Example> _examples = [];

    /// <summary>Encodes sentences.</summary>
    /// <param name="data">The sentences.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="labels">The tags in the order of the model's outputs.</param>
    /// <param name="maxLength">Tokens of a window, special ones included.</param>
    /// <param name="cancellation">Stops the work between two sentences.</param>
    public TagSet(ConllDataset data, BertTokenizer tokenizer, IReadOnlyList<string> labels, int maxLength, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(labels);
        Data = data;
        Labels = labels;
        Dictionary<string, int> indexes = labels.Select((label, i) => (label, i)).DistinctBy(pair => pair.label)
            .ToDictionary(pair => pair.label, pair => pair.i);
        for (int sentence = 0; sentence < data.Sentences.Count; sentence++)
        {
            cancellation.ThrowIfCancellationRequested();
            Add(sentence, tokenizer, indexes, maxLength);
        }
    }

    /// <summary>Gets the windows of all sentences, one after the other. Tags that the model does not have are not learnt.</summary>
    public IReadOnlyList<Example> Examples => _examples;

    /// <summary>Gets the sentences.</summary>
    public ConllDataset Data { get; }

    /// <summary>Gets the tags in the order of the model's outputs.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Compares the tags that a model gives with those of the data.</summary>
    /// <param name="logits">The outputs of every example, <c>[tokens, outputs]</c>.</param>
    /// <returns>The entities, and the share of words with the right tag. A word of which the tokenizer makes nothing has the tag O.</returns>
    internal (EntityScore Entities, double Accuracy) Score(float[][] logits)
    {
        string[][] predictions = [.. Data.Sentences.Select(sentence => Enumerable.Repeat(EntityTag.Outside, sentence.Words.Count).ToArray())];
        foreach ((int sentence, int word, int example, int token) in _places)
        {
            predictions[sentence][word] = Labels[ClassificationMetrics.ArgMax(logits[example].AsSpan(token * Labels.Count, Labels.Count))];
        }

        IReadOnlyList<string>[] truth = [.. Data.Sentences.Select(sentence => sentence.Tags)];
        double right = predictions.Zip(truth).Sum(pair => pair.First.Zip(pair.Second).Count(tags => tags.First == tags.Second));
        return (EntityMetrics.Score(predictions, truth), right / truth.Sum(tags => tags.Count));
    }

    private void Add(int sentence, BertTokenizer tokenizer, Dictionary<string, int> indexes, int maxLength)
    {
        TaggedSentence words = Data.Sentences[sentence];
        TokenWindows windows = TokenWindows.Encode(tokenizer, string.Join(' ', words.Words), maxLength);
        int[][] tags = [.. windows.Items.Select(item => Enumerable.Repeat(Example.Ignored, item.Length).ToArray())];
        int[] ends = new int[words.Words.Count];
        for (int i = 0, end = -1; i < ends.Length; i++)
        {
            end += words.Words[i].Length + 1;
            ends[i] = end;
        }

        int last = -1;
        for (int token = 0; token < windows.Best.Count; token++)
        {
            (int window, int place) = windows.Find(token);
            int word = Array.BinarySearch(ends, windows.Items[window].Offsets[place].Start + 1);
            word = word < 0 ? ~word : word;
            if (word != last)
            {
                tags[window][place] = indexes.GetValueOrDefault(words.Tags[word], Example.Ignored);
                _places.Add((sentence, word, _examples.Count + window, place));
                last = word;
            }
        }

        _examples.AddRange(windows.Items.Select((item, i) => ExampleEncoder.Of(item) with { Tags = tags[i] }));
    }
}
