using QuantGen.Tokenization;
using QuantGen.Training.Vocabularies;

namespace QuantGen.Training.Tests.Vocabularies;

public sealed class VocabularyTrainerTests
{
    private static readonly string[] s_texts =
    [
        "The film was filmed in Kōbe ; the filming's cost : 1,250 £ !", "films and filmings , FILM after film", "東京タワー and 東京", "a≠b aaaa aaa aa é e\u0301",
        "banana bananas ananas", "[MASK] masks the mask", "the theme of these others", "straße 𝔘nicode \u200Bzero\u0000 width",
    ];

    [Fact]
    public void Special_tokens_come_first_then_characters_then_those_inside_words_then_merges()
    {
        Vocabulary vocabulary = Train(["ab ab ba", "b"], new VocabularyOptions { Size = 100 });
        Assert.Equal(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "##a", "##b", "ab"], Pieces(vocabulary));
    }

    [Fact]
    public void The_most_frequent_pair_is_merged_and_of_equal_ones_that_of_the_lower_ids()
    {
        // xy and zy occur twice each, yw (inside words) four times; then x + ##yw goes before z + ##yw.
        Vocabulary vocabulary = Train(["xyw xyw zyw zyw"], new VocabularyOptions { Size = 100 });
        Assert.Equal(["##yw", "xyw", "zyw"], Pieces(vocabulary).Skip(5 + 4 + 2));
    }

    [Fact]
    public void Equals_the_algorithm_that_counts_anew_before_every_merge()
    {
        var random = new Random(1);
        string[] texts = [.. Enumerable.Range(0, 300).Select(_ => string.Join(' ', Enumerable.Range(0, 8).Select(_ => Word(random)))), .. s_texts];
        foreach (int least in (int[])[1, 2, 5])
        {
            Vocabulary vocabulary = Train(texts, new VocabularyOptions { Size = 400, MinFrequency = least });
            Assert.Equal(PlainTrainer.Train(Count(texts), 400, least), Pieces(vocabulary));
        }
    }

    [Fact]
    public void Every_word_of_the_texts_is_known()
    {
        foreach (int size in (int[])[100, 150, 5000])
        {
            Vocabulary vocabulary = Train(s_texts, new VocabularyOptions { Size = size, MinFrequency = 1 });
            Assert.InRange(vocabulary.Count, 60, size);
            BertTokenizer tokenizer = BertTokenizer.FromVocabulary(vocabulary.Bytes, new TokenizerOptions(), "vocab.txt");
            Assert.All(s_texts, text => Assert.DoesNotContain(tokenizer.UnknownId, tokenizer.Encode(text).Ids.ToArray()));
        }
    }

    [Fact]
    public void Frequent_words_become_one_piece()
    {
        Vocabulary vocabulary = Train(s_texts, new VocabularyOptions { Size = 5000 });
        Assert.All(["the", "film", "mask"], piece => Assert.True(vocabulary.IndexOf(piece) >= 0));
        Assert.All(["cost", "bananas"], piece => Assert.True(vocabulary.IndexOf(piece) < 0));
    }

    [Fact]
    public void Pairs_below_the_least_frequency_stay_apart()
    {
        Vocabulary vocabulary = Train(["abab cd cd cd"], new VocabularyOptions { Size = 100, MinFrequency = 3 });
        Assert.Equal(["cd"], Pieces(vocabulary).Skip(5 + 4 + 3));
    }

    [Fact]
    public void Only_the_most_frequent_characters_have_pieces()
    {
        Vocabulary vocabulary = Train(["aa aa ab bc"], new VocabularyOptions { Size = 100, AlphabetLimit = 2 });
        Assert.Equal(["a", "b", "##a", "##b", "aa"], Pieces(vocabulary).Skip(5));
    }

    [Fact]
    public void Words_too_long_to_be_split_have_no_part()
    {
        Vocabulary vocabulary = Train([new string('a', 101) + " b b"], new VocabularyOptions { Size = 100 });
        Assert.Equal(["a", "b"], Pieces(vocabulary).Skip(5));
    }

    [Fact]
    public void Texts_in_another_order_give_the_same_vocabulary()
    {
        var options = new VocabularyOptions { Size = 120 };
        Assert.Equal(Pieces(Train(s_texts, options)), Pieces(Train([.. s_texts.Reverse()], options)));
    }

    [Fact]
    public void Says_how_many_pieces_the_characters_need()
    {
        var error = Assert.Throws<InvalidDataException>(() => Train(["ab ba"], new VocabularyOptions { Size = 8 }));
        Assert.Equal("The special tokens and 2 characters of these texts need 9 pieces, and the vocabulary may have 8.", error.Message);
        Assert.Equal(9, Train(["ab ba"], new VocabularyOptions { Size = 9 }).Count);
    }

    [Fact]
    public void Rejects_texts_without_words() => Assert.Throws<InvalidDataException>(() => Train(["  ", "\u0000"], new VocabularyOptions()));

    [Fact]
    public void Stops_when_asked_to()
    {
        WordCounter words = Count(s_texts);
        Assert.Throws<OperationCanceledException>(
            () => VocabularyTrainer.Train(words, new VocabularyOptions(), cancellation: new CancellationToken(canceled: true)));
    }

    private static string Word(Random random) => string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => "aabcdeé"[random.Next(7)]));

    private static WordCounter Count(string[] texts)
    {
        var words = new WordCounter(new TokenizerOptions());
        Array.ForEach(texts, words.Add);
        return words;
    }

    private static Vocabulary Train(string[] texts, VocabularyOptions options) => VocabularyTrainer.Train(Count(texts), options);

    private static string[] Pieces(Vocabulary vocabulary) => [.. Enumerable.Range(0, vocabulary.Count).Select(vocabulary.GetPiece)];
}
