using QuantGen.Trainable;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>Maps the tokens of a ragged batch to attention's rectangle of sequences and places, and back. Batches without padding need no indices.</summary>
internal sealed class TokenPlaces
{
    private readonly TrainingBatch _batch;
    private readonly int _longest;
    private readonly Tensor? _tokenOfPlace;
    private readonly Tensor? _placeOfToken;
    private readonly Tensor? _isPadding;

    /// <summary>Makes the indices.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="device">The device.</param>
    public TokenPlaces(TrainingBatch batch, Device device)
    {
        _batch = batch;
        _longest = batch.Longest;
        long places = (long)batch.SequenceCount * _longest;
        if (places == batch.TokenCount)
        {
            return;
        }

        // Places behind a sequence's end repeat its first token: they are masked as keys, and nobody reads them as queries.
        long[] tokenOfPlace = new long[places];
        long[] placeOfToken = new long[batch.TokenCount];
        bool[] isPadding = new bool[places];
        for (int s = 0; s < batch.SequenceCount; s++)
        {
            int length = Length(s);
            for (int i = 0; i < _longest; i++)
            {
                long place = ((long)s * _longest) + i;
                isPadding[place] = i >= length;
                tokenOfPlace[place] = batch.Starts[s] + (i < length ? i : 0);
                if (i < length)
                {
                    placeOfToken[batch.Starts[s] + i] = place;
                }
            }
        }

        _tokenOfPlace = tensor(tokenOfPlace, device: device);
        _placeOfToken = tensor(placeOfToken, device: device);
        _isPadding = tensor(isPadding, device: device).view(batch.SequenceCount, 1, 1, _longest);
    }

    /// <summary>Gets the tensors on the device, which must live as long as this is used.</summary>
    public IEnumerable<Tensor> Indices => new[] { _tokenOfPlace, _placeOfToken, _isPadding }.OfType<Tensor>();

    /// <summary>Gets the number of scores that are not padding.</summary>
    public int ScoreCount(int heads) => Enumerable.Range(0, _batch.SequenceCount).Sum(s => heads * Length(s) * Length(s));

    /// <summary>Takes heads apart: from [tokens, heads * size] to [sequences, heads, places, size].</summary>
    public Tensor Split(Tensor rows, int heads)
    {
        Tensor placed = _tokenOfPlace is null ? rows : rows.index_select(0, _tokenOfPlace);
        return placed.view(_batch.SequenceCount, _longest, heads, -1).transpose(1, 2);
    }

    /// <summary>Joins heads: from [sequences, heads, places, size] to [tokens, heads * size].</summary>
    public Tensor Join(Tensor heads)
    {
        Tensor placed = heads.transpose(1, 2).reshape((long)_batch.SequenceCount * _longest, -1);
        return _placeOfToken is null ? placed : placed.index_select(0, _placeOfToken);
    }

    /// <summary>Hides padding from queries.</summary>
    public Tensor MaskKeys(Tensor scores) => _isPadding is null ? scores : scores.masked_fill(_isPadding, float.NegativeInfinity);

    /// <summary>Makes what padding asked for zero.</summary>
    public Tensor ClearQueries(Tensor probabilities) => _isPadding is null ? probabilities : probabilities.masked_fill(_isPadding.transpose(2, 3), 0f);

    /// <summary>Copies [sequences, heads, places, places] without padding, in the order of a trace's scores.</summary>
    public void CopyScores(Tensor scores, Span<float> target)
    {
        if (_isPadding is null)
        {
            HostMemory.CopyTo(scores, target);
            return;
        }

        using Tensor detached = scores.detach();
        using Tensor onHost = detached.cpu();
        using Tensor rows = onHost.contiguous();
        Span<float> source = HostMemory.Elements(rows);
        ForEachRow((int)scores.shape[1], source, target, static (from, to) => from.CopyTo(to));
    }

    /// <summary>Makes [sequences, heads, places, places] of scores in a trace's order, with zeros for padding.</summary>
    public Tensor PlaceScores(float[] ragged, int heads, Device device)
    {
        long[] shape = [_batch.SequenceCount, heads, _longest, _longest];
        if (_isPadding is null)
        {
            return HostMemory.Share(ragged, device, shape);
        }

        float[] placed = new float[shape.Aggregate(1L, (product, dimension) => product * dimension)];
        ForEachRow(heads, placed, ragged, static (to, from) => from.CopyTo(to));
        return HostMemory.Share(placed, device, shape);
    }

    private int Length(int sequence) => _batch.Starts[sequence + 1] - _batch.Starts[sequence];

    // Calls back with the scores of every query, once in the rectangle and once in the trace.
    private void ForEachRow(int heads, Span<float> placed, Span<float> ragged, RowAction action)
    {
        int at = 0;
        for (int s = 0; s < _batch.SequenceCount; s++)
        {
            int length = Length(s);
            for (int head = 0; head < heads; head++)
            {
                for (int query = 0; query < length; query++)
                {
                    int row = ((((s * heads) + head) * _longest) + query) * _longest;
                    action(placed.Slice(row, length), ragged.Slice(at, length));
                    at += length;
                }
            }
        }
    }

    private delegate void RowAction(Span<float> placed, Span<float> ragged);
}
