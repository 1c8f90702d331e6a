using System.Globalization;
using System.Runtime.InteropServices;
using QuantGen.Linear;
using QuantGen.Packed;
using QuantGen.Sentences;
using QuantGen.Specs;
using QuantGen.Tasks;
using QuantGen.Tokenization;

namespace QuantGen.Execution;

/// <summary>A loaded model: weights, tokenizer, labels and the workspaces its calls run in. Any number of threads may call it at the same time.</summary>
/// <remarks>Results are the same bits for any thread count, batch mates and order. Calls with token ids allocate nothing once their workspace exists.</remarks>
public sealed partial class InferenceSession : IDisposable
{
    private static readonly CallOptions s_callDefaults = new();
    private readonly IEncoderProgram _program;
    private readonly WorkspacePool _pool;
    private readonly SentenceHead _sentence;
    private readonly MemberOutputs? _members;
    private readonly int _threads;

    private InferenceSession(IEncoderProgram program, PackedModel model, LoadOptions options)
    {
        _program = model.MemberCount == 1 ? program : new EnsembleProgram(program, model.MemberCount, model.SharedLayers);
        _members = model.MemberCount == 1 ? null : new MemberOutputs(model.Votes, options.Vote);
        Votes = [.. model.Votes];
        SharedLayers = model.SharedLayers;
        _threads = options.Threads;
        Labels = program.Labels.Count > 0 ? program.Labels : [.. model.Labels];
        OutputActivation = options.OutputActivation ?? model.OutputActivation;
        _sentence = model.SentenceHead();

        // Weights are placed meanwhile: the vocabulary takes as long as they do, most of all in a process that has just started.
        Task<BertTokenizer>? tokenizer = options.Threads > 1 ? Task.Run(() => TokenizerSettings.CreateTokenizer(model), CancellationToken.None) : null;
        var weights = new List<WeightArena>();
        try
        {
            for (int member = 0; member < model.MemberCount; member++)
            {
                weights.Add(new WeightArena(program.WeightBytes) { LoadThreads = options.Threads, LoadCancellation = options.CancellationToken });
                program.PlaceWeights(model.Member(member), weights[member]);
                options.CancellationToken.ThrowIfCancellationRequested();
            }

            Tokenizer = tokenizer is null ? TokenizerSettings.CreateTokenizer(model) : tokenizer.GetAwaiter().GetResult();
        }
        catch
        {
            // The model must not be closed while it is read.
            Task.WhenAny(tokenizer ?? Task.CompletedTask).GetAwaiter().GetResult();
            weights.ForEach(arena => arena.Dispose());
            throw;
        }

        weights.ForEach(arena => arena.LoadCancellation = default);
        (WorkerTeam team, IPassPages pages, int threads) = (options.Team, options.Pages, options.Threads);
        _pool = new WorkspacePool(
            () => new Workspace(_program, weights, threads, team, pages), options.ConcurrentCalls, options.Clock, [.. weights, team.Join(threads)]);
    }

    /// <summary>Gets the model.</summary>
    public ModelSpec Spec => _program.Spec;

    /// <summary>Gets the labels in the order of the head's outputs; empty where the head has none.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Gets what <c>Classify</c> and <c>Regress</c> do to the head's outputs.</summary>
    public OutputActivation OutputActivation { get; }

    /// <summary>Gets what the votes of an ensemble's members weigh; empty for a model alone.</summary>
    public IReadOnlyList<double> Votes { get; }

    /// <summary>Gets how many layers are computed once for all members of an ensemble; 0 for a model alone.</summary>
    public int SharedLayers { get; }

    /// <summary>Gets the tokenizer whose vocabulary the packed file holds.</summary>
    public BertTokenizer Tokenizer { get; }

    /// <summary>Gets the longest sequence, in tokens.</summary>
    public int MaxSequenceLength => _program.MaxSequenceLength;

    /// <summary>Gets the name of the instruction set the kernels use on this machine.</summary>
    public string InstructionSet => _program.InstructionSet;

    /// <summary>Loads a packed file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="program">The code generated for the model.</param>
    /// <param name="options">Threads, cancellation and so on; null for defaults.</param>
    /// <exception cref="OperationCanceledException">Loading was cancelled.</exception>
    /// <exception cref="ModelFormatException">The file is damaged or was made for another model.</exception>
    public static InferenceSession Load(string path, IEncoderProgram program, LoadOptions? options = null) =>
        Load(PackedModel.Open(path, ThreadsOf(options), options?.CancellationToken ?? default), program, options);

    /// <summary>Loads a packed file from memory.</summary>
    /// <param name="file">The bytes of the file; they are not used after the call.</param>
    /// <param name="program">The code generated for the model.</param>
    /// <param name="options">Threads, cancellation and so on; null for defaults.</param>
    /// <exception cref="OperationCanceledException">Loading was cancelled.</exception>
    /// <exception cref="ModelFormatException">The bytes are damaged or were made for another model.</exception>
    public static InferenceSession Load(ReadOnlyMemory<byte> file, IEncoderProgram program, LoadOptions? options = null) =>
        Load(PackedModel.Read(file, "packed model", ThreadsOf(options), options?.CancellationToken ?? default), program, options);

    /// <summary>Loads a packed model and disposes of it, whether loading succeeds or not.</summary>
    /// <param name="model">The packed model.</param>
    /// <param name="program">The code generated for the model.</param>
    /// <param name="options">Threads, cancellation and so on; null for defaults.</param>
    /// <exception cref="ArgumentException">Members of a regression are to count classes.</exception>
    /// <exception cref="OperationCanceledException">Loading was cancelled.</exception>
    /// <exception cref="ModelFormatException">The packed model was made for another model.</exception>
    /// <exception cref="InvalidOperationException">The environment variable <see cref="KernelRace.Variable"/> has a value that means nothing.</exception>
    public static InferenceSession Load(PackedModel model, IEncoderProgram program, LoadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        using (model)
        {
            ArgumentNullException.ThrowIfNull(program);
            options ??= new LoadOptions();
            options = options with { Threads = ThreadsOf(options) };
            KernelRace.CheckVariable();
            ArgumentOutOfRangeException.ThrowIfLessThan(options.ConcurrentCalls, 1, nameof(LoadOptions.ConcurrentCalls));
            if (options.Vote != EnsembleVote.Weighted && model.MemberCount > 1 && model.Spec.Head == BertHead.Regression)
            {
                throw new ArgumentException("Votes count classes, and the members of a regression give numbers.", nameof(options));
            }

            return SpecDifference.First(program.Spec, model.Spec) is SpecDifference difference
                ? throw new ModelFormatException(model.Name, difference.Place, difference.Expected, difference.Found)
                : new InferenceSession(program, model, options);
        }
    }

    /// <summary>Computes the head's outputs of sequences that stand one after the other without padding.</summary>
    /// <param name="ids">The vocabulary ids of all tokens.</param>
    /// <param name="types">The token types of all tokens.</param>
    /// <param name="lengths">The number of tokens of each sequence, from 1 to <see cref="MaxSequenceLength"/>.</param>
    /// <param name="outputs">
    /// Receives the outputs: <c>[sequences, outputs]</c> for classification and regression, <c>[tokens, outputs]</c> for heads over tokens.
    /// </param>
    /// <param name="options">Threads; null for defaults.</param>
    /// <param name="cancellation">Ends the call before its next pass.</param>
    /// <exception cref="ArgumentException">A length, an id or a type is out of range, or <paramref name="outputs"/> has another length.</exception>
    /// <exception cref="InvalidOperationException">The model has no head with outputs.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled; results are incomplete.</exception>
    public void Run(
        ReadOnlySpan<int> ids,
        ReadOnlySpan<byte> types,
        ReadOnlySpan<int> lengths,
        Span<float> outputs,
        CallOptions? options = null,
        CancellationToken cancellation = default)
    {
        RequireHead(Spec.HasOutputLayer, nameof(Run), "a head that has outputs");
        Compute(new RaggedBatch(ids, types, lengths), outputs, isHidden: false, options, cancellation);
    }

    /// <summary>Computes the last hidden states of sequences that stand one after the other without padding.</summary>
    /// <param name="ids">The vocabulary ids of all tokens.</param>
    /// <param name="types">The token types of all tokens.</param>
    /// <param name="lengths">The number of tokens of each sequence, from 1 to <see cref="MaxSequenceLength"/>.</param>
    /// <param name="hidden">Receives the states, <c>[tokens, hidden size]</c>.</param>
    /// <param name="options">Threads; null for defaults.</param>
    /// <param name="cancellation">Ends the call before its next pass.</param>
    /// <exception cref="ArgumentException">A length, an id or a type is out of range, or <paramref name="hidden"/> has another length.</exception>
    /// <exception cref="InvalidOperationException">The model has a head, which may not need the states of all tokens.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled; results are incomplete.</exception>
    public void RunHidden(
        ReadOnlySpan<int> ids,
        ReadOnlySpan<byte> types,
        ReadOnlySpan<int> lengths,
        Span<float> hidden,
        CallOptions? options = null,
        CancellationToken cancellation = default)
    {
        RequireHead(
            Spec.Head is BertHead.Encoder or BertHead.Embedding or BertHead.MaskedLanguageModel, nameof(RunHidden),
            "the head Encoder, Embedding or MaskedLanguageModel");
        Compute(new RaggedBatch(ids, types, lengths), hidden, isHidden: true, options, cancellation);
    }

    /// <summary>Computes a masked language model's outputs for some tokens of sequences that stand one after the other without padding.</summary>
    /// <param name="ids">The vocabulary ids of all tokens.</param>
    /// <param name="types">The token types of all tokens.</param>
    /// <param name="lengths">The number of tokens of each sequence, from 1 to <see cref="MaxSequenceLength"/>.</param>
    /// <param name="tokens">The tokens whose outputs are wanted, ascending: usually the masked ones.</param>
    /// <param name="outputs">Receives the outputs, <c>[tokens, vocabulary]</c>.</param>
    /// <param name="options">Threads; null for defaults.</param>
    /// <param name="cancellation">Ends the call before its next pass.</param>
    /// <exception cref="ArgumentException">A length, an id, a type or a token is out of range, or <paramref name="outputs"/> has another length.</exception>
    /// <exception cref="InvalidOperationException">The head is not <see cref="BertHead.MaskedLanguageModel"/>.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled; results are incomplete.</exception>
    public unsafe void RunMasked(
        ReadOnlySpan<int> ids,
        ReadOnlySpan<byte> types,
        ReadOnlySpan<int> lengths,
        ReadOnlySpan<int> tokens,
        Span<float> outputs,
        CallOptions? options = null,
        CancellationToken cancellation = default)
    {
        RequireHead(Spec.HasMaskedLanguageHead, nameof(RunMasked), "the head MaskedLanguageModel");
        var batch = new RaggedBatch(ids, types, lengths);
        batch.Check(Spec.Dimensions, MaxSequenceLength);
        RequireAscending(tokens, ids.Length);
        RequireLength(outputs.Length, tokens.Length, Spec.OutputCount, "outputs");
        options = Cancelled(options, cancellation);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads ?? 1, 1, nameof(CallOptions.Threads));
        Workspace workspace = _pool.Rent(options.HasTurn, options.CancellationToken, out int calls);
        try
        {
            int workers = WorkersOf(options, calls);
            ForwardPass pass = workspace.Pass;
            int done = 0;
            fixed (float* results = outputs)
            {
                for (int first = 0, token = 0; first < lengths.Length && done < tokens.Length; first += pass.SequenceCount, token += pass.TokenCount)
                {
                    cancellation.ThrowIfCancellationRequested();
                    batch.Take(first, token, _program.MaxBatchTokens).Fill(pass);
                    int end = done;
                    while (end < tokens.Length && tokens[end] < token + pass.TokenCount)
                    {
                        end++;
                    }

                    if (end > done)
                    {
                        pass.NameHeadTokens(tokens[done..end], token, results + ((long)done * Spec.OutputCount));
                        workspace.Run(workers, options.Profile, options.CancellationToken);
                    }

                    done = end;
                }
            }
        }
        finally
        {
            workspace.Pass.Clear();
            _pool.Return(workspace, options.HasTurn);
        }
    }

    /// <summary>Shows the activations of sequences to an observer, on the calling thread alone.</summary>
    /// <param name="ids">The vocabulary ids of all tokens.</param>
    /// <param name="types">The token types of all tokens.</param>
    /// <param name="lengths">The number of tokens of each sequence.</param>
    /// <param name="observer">Sees what enters each linear layer. It must not call this session.</param>
    /// <param name="cancellation">Ends the call early.</param>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="ArgumentException">A length, an id or a type is out of range.</exception>
    public void Calibrate(
        ReadOnlySpan<int> ids, ReadOnlySpan<byte> types, ReadOnlySpan<int> lengths, IActivationObserver observer, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(observer);
        if (Spec.IsInteger)
        {
            throw new InvalidOperationException("a model without floats has nothing to observe: calibrate its checkpoint's");
        }

        if (_members is not null)
        {
            throw new InvalidOperationException("an ensemble has no activations of its own to observe: each member has others");
        }

        var batch = new RaggedBatch(ids, types, lengths);
        batch.Check(Spec.Dimensions, MaxSequenceLength);
        Workspace workspace = _pool.Rent(hasTurn: false, cancellation, out _);
        try
        {
            workspace.Pass.Observer = observer;
            for (int first = 0, token = 0; first < lengths.Length; first += workspace.Pass.SequenceCount, token += workspace.Pass.TokenCount)
            {
                batch.Take(first, token, _program.MaxBatchTokens).Fill(workspace.Pass);
                workspace.Run(workers: 1, profile: null, cancellation);
            }
        }
        finally
        {
            workspace.Pass.Observer = null;
            _pool.Return(workspace, hasTurn: false);
        }
    }

    /// <summary>Frees weights, buffers and threads; calls that are running finish first, on their own threads, and later calls throw.</summary>
    public void Dispose() => _pool.Dispose();

    private static int ThreadsOf(LoadOptions? options)
    {
        int threads = options?.Threads ?? Environment.ProcessorCount;
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1, nameof(LoadOptions.Threads));
        return Processors.Threads(threads);
    }

    private static void RequireAscending(ReadOnlySpan<int> tokens, int count)
    {
        for (int i = 0; i < tokens.Length; i++)
        {
            if (tokens[i] < 0 || tokens[i] >= count || (i > 0 && tokens[i] <= tokens[i - 1]))
            {
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture, $"wanted tokens must ascend from 0 to {count - 1}, and number {i} is {tokens[i]}"), nameof(tokens));
            }
        }
    }

    private static void RequireLength(int found, long rows, int width, string what)
    {
        if (found != rows * width)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"{what} must have {rows} x {width} = {rows * width} elements, and it has {found}"));
        }
    }

    private void Compute(RaggedBatch batch, Span<float> results, bool isHidden, CallOptions? options, CancellationToken cancellation)
    {
        batch.Check(Spec.Dimensions, MaxSequenceLength);
        bool isPerToken = isHidden || Spec.Head is BertHead.TokenClassification or BertHead.QuestionAnswering;
        int width = isHidden ? Spec.Dimensions.HiddenSize : Spec.OutputCount;
        RequireLength(results.Length, isPerToken ? batch.Ids.Length : batch.Lengths.Length, width, isHidden ? "hidden" : "outputs");
        options = Cancelled(options, cancellation);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads ?? 1, 1, nameof(CallOptions.Threads));
        long offset = isHidden ? _program.HiddenOffset : _program.OutputOffset;
        Workspace workspace = _pool.Rent(options.HasTurn, options.CancellationToken, out int calls);
        try
        {
            int workers = WorkersOf(options, calls);
            ForwardPass pass = workspace.Pass;
            for (int first = 0, token = 0; first < batch.Lengths.Length; first += pass.SequenceCount, token += pass.TokenCount)
            {
                cancellation.ThrowIfCancellationRequested();
                batch.Take(first, token, _program.MaxBatchTokens).Fill(pass);
                workspace.Run(workers, options.Profile, options.CancellationToken);
                int rows = isPerToken ? pass.TokenCount : pass.SequenceCount;
                int row = isPerToken ? token : first;
                Span<float> target = results.Slice(row * width, rows * width);
                if (Spec.IsInteger)
                {
                    IntegerResults.ToFloats(pass, Math.Max(1, Votes.Count), offset, target.Length, isHidden);
                }

                if (_members is null)
                {
                    MemoryMarshal.CreateReadOnlySpan(ref pass.Shared(offset), target.Length).CopyTo(target);
                }
                else
                {
                    _members.Join(pass, offset, width, target);
                }
            }
        }
        finally
        {
            _pool.Return(workspace, options.HasTurn);
        }
    }

    // A token that came as an argument ends waits and passes as one among the options does.
    private static CallOptions Cancelled(CallOptions? options, CancellationToken cancellation) =>
        cancellation.CanBeCanceled && options is not { CancellationToken.CanBeCanceled: true }
            ? (options ?? s_callDefaults) with { CancellationToken = cancellation }
            : options ?? s_callDefaults;

    // Calls that run at the same time share the threads of the session, and all of them what the team has.
    private int WorkersOf(CallOptions options, int calls) => Math.Min(_threads, options.Threads ?? Math.Max(1, _threads / calls));

    private void RequireHead(bool isRight, string method, string needed)
    {
        if (!isRight)
        {
            throw new InvalidOperationException($"{method} needs a model with {needed}, and this model has the head {Spec.Head}");
        }
    }
}
