using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using QuantGen.Linear;

namespace QuantGen.Execution;

/// <summary>One ragged batch and the buffers it is computed in. Belongs to one call at a time; generated code reads and writes through it.</summary>
/// <remarks>Sequences stand one after the other without padding: sequence <c>s</c> has the tokens <c>Starts[s]</c> to <c>Starts[s + 1]</c> - 1.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed unsafe class ForwardPass : IDisposable
{
    private const long Alignment = 64;
    private const int HeadTokensPerItem = 8;
    private readonly WeightArena _weights;
    private readonly long _sharedBytes;
    private readonly long _workerBytes;
    private readonly int[] _ids;
    private readonly byte[] _types;
    private readonly int[] _positions;
    private readonly int[] _starts;
    private readonly PassMemory _pages;
    private readonly byte* _memory;
    private readonly byte* _workers;

    // Of an ensemble the first member's pass knows the others', and each of them the first's, whose batch and workers' buffers it has.
    private readonly ForwardPass? _first;
    private readonly ForwardPass[] _others = [];
    private readonly int _sharedLayers;
    private OperatorProfile? _profile;
    private int _sequencesPerItem = 1;
    private int[] _headTokens = [];
    private int _headTokenCount;
    private float* _results;

    internal ForwardPass(IEncoderProgram program, IReadOnlyList<WeightArena> weights, int workers, IPassPages pages)
        : this(program, weights[0], workers, pages)
    {
        try
        {
            _others = new ForwardPass[weights.Count - 1];
            for (int i = 0; i < _others.Length; i++)
            {
                _others[i] = new ForwardPass(this, program, weights[i + 1], pages);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal ForwardPass(IEncoderProgram program, WeightArena weights, int workers, IPassPages? pages = null)
    {
        _weights = weights;
        _sharedBytes = Align(program.SharedBytes);
        _workerBytes = Align(program.WorkerBytes);
        Workers = workers;
        _ids = new int[program.MaxBatchTokens];
        _types = new byte[program.MaxBatchTokens];
        _positions = new int[program.MaxBatchTokens];
        _starts = new int[program.MaxBatchTokens + 1];

        // The size of the plan costs address space only: what a batch does not use has no memory behind it.
        _pages = new PassMemory(pages ?? PassPages.OfThisSystem, program.TokenBuffers, _sharedBytes, _workerBytes, workers);
        _memory = _pages.Start;
        _workers = _memory + _sharedBytes;
    }

    private ForwardPass(ForwardPass first, IEncoderProgram program, WeightArena weights, IPassPages pages)
    {
        _first = first;
        _sharedLayers = ((EnsembleProgram)program).SharedLayers;
        _weights = weights;
        (_sharedBytes, _workerBytes, Workers) = (first._sharedBytes, first._workerBytes, first.Workers);
        (_ids, _types, _positions, _starts) = (first._ids, first._types, first._positions, first._starts);
        _pages = new PassMemory(pages, program.TokenBuffers, _sharedBytes, _workerBytes, workers: 0);
        _memory = _pages.Start;
        _workers = first._workers;
    }

    /// <summary>Gets how many workers have buffers.</summary>
    public int Workers { get; }

    /// <summary>Gets how many workers compute the batch.</summary>
    internal int WorkerCount { get; private set; } = 1;

    /// <summary>Gets the number of tokens of the batch.</summary>
    public int TokenCount { get; private set; }

    /// <summary>Gets the number of sequences of the batch.</summary>
    public int SequenceCount { get; private set; }

    /// <summary>Gets how many tokens one item of a token phase covers.</summary>
    public int TokensPerItem { get; private set; }

    /// <summary>Gets who watches activations, during calibration only.</summary>
    public IActivationObserver? Observer { get; internal set; }

    /// <summary>Gets what adds up where time goes; null in most calls.</summary>
    public OperatorProfile? Profile
    {
        get => _profile;
        internal set
        {
            _profile = value;
            foreach (ForwardPass other in _others)
            {
                other._profile = value;
            }
        }
    }

    /// <summary>Gets the vocabulary ids of the tokens.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, TokenCount);

    /// <summary>Gets the token types of the tokens.</summary>
    public ReadOnlySpan<byte> Types => _types.AsSpan(0, TokenCount);

    /// <summary>Gets the positions of the tokens in their sequences.</summary>
    public ReadOnlySpan<int> Positions => _positions.AsSpan(0, TokenCount);

    /// <summary>Gets the first token of every sequence, and the number of tokens at the end.</summary>
    public ReadOnlySpan<int> Starts => _starts.AsSpan(0, SequenceCount + 1);

    /// <summary>Tells a profile, where there is one, what a worker does from now on. Products of linear layers report themselves.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="next">What it begins.</param>
    /// <param name="multiplyAdds">The multiply-adds of floats it will do outside of linear layers.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter(int worker, OperatorClass next, long multiplyAdds = 0)
    {
        if (_profile is not null)
        {
            _profile.Enter(worker, next, multiplyAdds);
        }
    }

    /// <summary>Gets a place among the weights.</summary>
    /// <param name="offset">A constant of the generated layout.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref byte Weights(long offset) => ref _weights.At(offset);

    /// <summary>Gets a place among the weights that holds floats.</summary>
    /// <param name="offset">A constant of the generated layout.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref float WeightFloats(long offset) => ref Unsafe.As<byte, float>(ref _weights.At(offset));

    /// <summary>Gets a place among the weights that holds integers.</summary>
    /// <param name="offset">A constant of the generated layout.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref int WeightIntegers(long offset) => ref Unsafe.As<byte, int>(ref _weights.At(offset));

    /// <summary>Gets a place in the shared buffers.</summary>
    /// <param name="offset">A constant of the memory plan.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref float Shared(long offset) => ref Unsafe.As<byte, float>(ref *(_memory + offset));

    /// <summary>Gets a place in the shared buffers that holds integers.</summary>
    /// <param name="offset">A constant of the memory plan.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref int SharedIntegers(long offset) => ref Unsafe.As<byte, int>(ref *(_memory + offset));

    /// <summary>Gets a place in a worker's buffers.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="offset">A constant of the memory plan.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref byte Local(int worker, long offset) => ref *(_workers + (_workerBytes * worker) + offset);

    /// <summary>Gets a place in a worker's buffers that holds floats.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="offset">A constant of the memory plan.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref float LocalFloats(int worker, long offset) => ref Unsafe.As<byte, float>(ref Local(worker, offset));

    /// <summary>Gets a place in a worker's buffers that holds integers.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="offset">A constant of the memory plan.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref int LocalIntegers(int worker, long offset) => ref Unsafe.As<byte, int>(ref Local(worker, offset));

    /// <summary>Gets the number of items of a phase over tokens.</summary>
    public int TokenItems => (TokenCount + TokensPerItem - 1) / TokensPerItem;

    /// <summary>Gets the tokens of one item of a phase over tokens.</summary>
    /// <param name="item">The item.</param>
    public (int First, int Count) TokensOf(int item)
    {
        int first = item * TokensPerItem;
        return (first, Math.Min(TokensPerItem, TokenCount - first));
    }

    /// <summary>Gets the number of items of a phase over sequences.</summary>
    public int SequenceItems => (SequenceCount + _sequencesPerItem - 1) / _sequencesPerItem;

    /// <summary>Gets the sequences of one item of a phase over sequences, each of which counts with one token.</summary>
    /// <param name="item">The item.</param>
    public (int First, int Count) SequencesOf(int item)
    {
        int first = item * _sequencesPerItem;
        return (first, Math.Min(_sequencesPerItem, SequenceCount - first));
    }

    /// <summary>Gets the tokens for which a head over tokens computes outputs, where a caller names them: places in the batch.</summary>
    public ReadOnlySpan<int> HeadTokens => _headTokens.AsSpan(0, _headTokenCount);

    /// <summary>Gets the number of items of a phase over <see cref="HeadTokens"/>.</summary>
    public int HeadTokenItems => (_headTokenCount + HeadTokensPerItem - 1) / HeadTokensPerItem;

    /// <summary>Gets the entries of <see cref="HeadTokens"/> of one item of a phase over them.</summary>
    /// <param name="item">The item.</param>
    public (int First, int Count) HeadTokensOf(int item)
    {
        int first = item * HeadTokensPerItem;
        return (first, Math.Min(HeadTokensPerItem, _headTokenCount - first));
    }

    /// <summary>Gets a place in the memory the caller wants the outputs of <see cref="HeadTokens"/> in.</summary>
    /// <param name="index">Floats from its begin.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref float Result(nint index) => ref _results[index];

    /// <summary>
    /// Takes the hidden states that enter a layer from the first member of an ensemble, which has just computed them, instead of computing them: where what
    /// all members share ends.
    /// </summary>
    /// <param name="layer">The layer.</param>
    /// <param name="offset">Where they are in the shared buffers.</param>
    /// <param name="columns">Floats of a token.</param>
    /// <param name="first">The first token.</param>
    /// <param name="count">How many tokens.</param>
    /// <param name="worker">The worker.</param>
    /// <returns>Whether there is such a member; otherwise nothing happened.</returns>
    public bool TakeHidden(int layer, long offset, int columns, int first, int count, int worker)
    {
        if (_first is null || layer != _sharedLayers)
        {
            return false;
        }

        Enter(worker, layer == 0 ? OperatorClass.Embedding : OperatorClass.LayerNorm);
        nint start = (nint)first * columns;
        MemoryMarshal.CreateSpan(ref Unsafe.Add(ref _first.Shared(offset), start), count * columns)
            .CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref Shared(offset), start), count * columns));
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ForwardPass? other in _others)
        {
            other?.Dispose();
        }

        _pages.Dispose();
    }

    /// <summary>Gets the pass of an ensemble's member; this is the first's.</summary>
    internal ForwardPass Member(int member) => member == 0 ? this : _others[member - 1];

    internal void Clear()
    {
        Count(0, 0);
        NameHeadTokens([], 0, null);
    }

    /// <summary>Names the tokens whose outputs are wanted, and where those go: memory that stays where it is until the pass has ended.</summary>
    internal void NameHeadTokens(ReadOnlySpan<int> tokens, int firstToken, float* results)
    {
        if (_headTokens.Length < tokens.Length)
        {
            _headTokens = new int[_ids.Length];
        }

        for (int i = 0; i < tokens.Length; i++)
        {
            _headTokens[i] = tokens[i] - firstToken;
        }

        _headTokenCount = tokens.Length;
        _results = results;
    }

    /// <summary>Appends a sequence; the caller has checked that it fits and that ids and types are legal.</summary>
    internal void Append(ReadOnlySpan<int> ids, ReadOnlySpan<byte> types)
    {
        ids.CopyTo(_ids.AsSpan(TokenCount));
        types.CopyTo(_types.AsSpan(TokenCount));
        for (int i = 0; i < ids.Length; i++)
        {
            _positions[TokenCount + i] = i;
        }

        _starts[SequenceCount] = TokenCount;
        Count(TokenCount + ids.Length, SequenceCount + 1);
        _starts[SequenceCount] = TokenCount;
    }

    /// <summary>Divides tokens and sequences into items that are large enough to share unpacked weights and small enough to keep every worker busy.</summary>
    internal void Partition(int workers, int mostTokensPerItem)
    {
        WorkerCount = workers;
        TokensPerItem = PerItem(TokenCount, workers, mostTokensPerItem);
        _sequencesPerItem = PerItem(SequenceCount, workers, mostTokensPerItem);
        foreach (ForwardPass other in _others)
        {
            (other.TokensPerItem, other._sequencesPerItem) = (TokensPerItem, _sequencesPerItem);
        }
    }

    /// <summary>Gets whether the buffers have been freed.</summary>
    internal bool IsFreed => _pages.Start is null;

    /// <summary>Makes sure that there is memory behind all that the batch uses.</summary>
    /// <exception cref="OutOfMemoryException">There is not that much.</exception>
    internal void Commit(int workers)
    {
        _pages.Commit(TokenCount, workers);
        foreach (ForwardPass other in _others)
        {
            other._pages.Commit(TokenCount, workers: 0);
        }
    }

    private void Count(int tokens, int sequences)
    {
        (TokenCount, SequenceCount) = (tokens, sequences);
        foreach (ForwardPass other in _others)
        {
            (other.TokenCount, other.SequenceCount) = (tokens, sequences);
        }
    }

    private static int PerItem(int count, int workers, int most)
    {
        // Kernels take that many tokens at once.
        const int Granule = 8;

        // As many items for each worker, all nearly as long: no short one at the end that unpacks weights for a few tokens.
        int fewest = (count + most - 1) / most;
        int items = Math.Max(1, (fewest + workers - 1) / workers * workers);
        int even = (count + items - 1) / items;
        int rounded = (even + Granule - 1) / Granule * Granule;
        return Math.Clamp(rounded, 1, most);
    }

    private static long Align(long bytes) => (bytes + Alignment - 1) & ~(Alignment - 1);
}
