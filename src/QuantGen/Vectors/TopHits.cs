namespace QuantGen.Vectors;

/// <summary>Keeps the best of the vectors that it is shown, in place.</summary>
internal ref struct TopHits(Span<SearchHit> hits)
{
    private readonly Span<SearchHit> _hits = hits;

    /// <summary>Gets how many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Shows a vector; indexes ascend, so that among equal scores the first index stays first.</summary>
    public void Offer(int index, float score)
    {
        if (Count == _hits.Length && !(score > _hits[^1].Score))
        {
            return;
        }

        int place = Count == _hits.Length ? Count - 1 : Count++;
        while (place > 0 && score > _hits[place - 1].Score)
        {
            _hits[place] = _hits[place - 1];
            place--;
        }

        _hits[place] = new SearchHit(index, score);
    }
}
