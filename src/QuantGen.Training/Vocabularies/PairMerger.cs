namespace QuantGen.Training.Vocabularies;

/// <summary>Keeps count of neighbouring pieces while pairs of them are merged; only the words that have a merged pair are touched.</summary>
internal sealed class PairMerger
{
    private readonly List<PieceWord> _words;
    private readonly Dictionary<long, Pair> _pairs = [];
    private readonly PriorityQueue<long, (long Count, long Pair)> _queue = new(Comparer<(long Count, long Pair)>.Create(MostFrequentFirst));

    /// <summary>Counts the pairs of words.</summary>
    public PairMerger(List<PieceWord> words)
    {
        _words = words;
        for (int i = 0; i < words.Count; i++)
        {
            Count(i, sign: 1, listed: null);
        }

        foreach ((long key, Pair pair) in _pairs)
        {
            _queue.Enqueue(key, (pair.Count, key));
        }
    }

    /// <summary>Finds the most frequent pair.</summary>
    /// <param name="least">The occurrences it must have.</param>
    /// <param name="left">Its first piece.</param>
    /// <param name="right">Its second piece.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryTake(int least, out int left, out int right)
    {
        while (_queue.TryDequeue(out long key, out (long Count, long Pair) entry))
        {
            long count = _pairs.TryGetValue(key, out Pair? pair) ? pair.Count : 0;
            if (count == entry.Count && count >= least)
            {
                (left, right) = ((int)(key >> 32), (int)key);
                return true;
            }

            // Counts of waiting pairs only fall: such a pair waits again, at its place.
            if (count >= least && count < entry.Count)
            {
                _queue.Enqueue(key, (count, key));
            }
        }

        (left, right) = (-1, -1);
        return false;
    }

    /// <summary>Replaces a pair by one piece in all words.</summary>
    public void Merge(int left, int right, int merged)
    {
        long key = Key(left, right);
        var risen = new HashSet<long>();
        foreach (int word in _pairs[key].Words)
        {
            // A word may be listed twice, or have lost the pair to an earlier merge.
            if (!_words[word].Pieces.Contains(left))
            {
                continue;
            }

            Count(word, sign: -1, listed: merged);
            bool had = _words[word].Merge(left, right, merged);
            Count(word, sign: 1, listed: merged);
            for (int i = 0; had && i + 1 < _words[word].Pieces.Length; i++)
            {
                if (_words[word].Pieces[i] == merged || _words[word].Pieces[i + 1] == merged)
                {
                    risen.Add(Key(_words[word].Pieces[i], _words[word].Pieces[i + 1]));
                }
            }
        }

        _pairs.Remove(key);
        foreach (long pair in risen)
        {
            _queue.Enqueue(pair, (_pairs[pair].Count, pair));
        }
    }

    private static int MostFrequentFirst((long Count, long Pair) a, (long Count, long Pair) b) =>
        a.Count != b.Count ? b.Count.CompareTo(a.Count) : a.Pair.CompareTo(b.Pair);

    private static long Key(int left, int right) => ((long)left << 32) | (uint)right;

    /// <summary>Adds a word's pairs to the counts, or takes them off.</summary>
    /// <param name="word">The word's index.</param>
    /// <param name="sign">1 or -1.</param>
    /// <param name="listed">The piece whose pairs do not know the word yet; null for all pieces.</param>
    private void Count(int word, int sign, int? listed)
    {
        ReadOnlySpan<int> pieces = _words[word].Pieces;
        for (int i = 0; i + 1 < pieces.Length; i++)
        {
            long key = Key(pieces[i], pieces[i + 1]);
            if (!_pairs.TryGetValue(key, out Pair? pair))
            {
                pair = new Pair();
                _pairs.Add(key, pair);
            }

            pair.Count += sign * _words[word].Count;
            bool isNew = listed is null || pieces[i] == listed || pieces[i + 1] == listed;
            if (sign > 0 && isNew && (pair.Words.Count == 0 || pair.Words[^1] != word))
            {
                pair.Words.Add(word);
            }
        }
    }

    private sealed class Pair
    {
        public long Count { get; set; }

        public List<int> Words { get; } = [];
    }
}
