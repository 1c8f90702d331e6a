using System.Globalization;
using QuantGen.Cli.Models;
using QuantGen.Peers.Graphs;
using QuantGen.Peers.Reporting;

namespace QuantGen.Peers.Racing;

/// <summary>The whole race, row by row.</summary>
/// <param name="options">What is asked for.</param>
/// <param name="log">Receives what is going on.</param>
/// <param name="cancellation">Stops between two runs.</param>
internal sealed class Race(RaceOptions options, Action<string> log, CancellationToken cancellation) : IDisposable
{
    // So many runs in turns, after those that each settles with, let caches and clocks be as they will be.
    private const int WarmUpCalls = 30;
    private const int CountedRuns = 5;

    private readonly Dictionary<string, RaceModel> _models = [];
    private readonly Dictionary<(string, RowShape, PeerKind), Recipe> _chosen = [];
    private readonly List<RaceResult> _results = [];
    private readonly List<Opponent> _opponents = [];
    private readonly List<GraphCheck> _checks = [];
    private readonly List<string> _notes = [];

    /// <summary>Runs it.</summary>
    /// <param name="command">The command line, for the report.</param>
    /// <param name="save">Receives the report after every row.</param>
    /// <exception cref="InvalidDataException">There is nothing to compare.</exception>
    public RaceReport Run(string command, Action<RaceReport> save)
    {
        var report = new RaceReport
        {
            Command = command,
            Machine = MachineFacts.Describe(),
            Settings = options,
            Session = PeerSession.Settings,
            Verification = options.Verify is string folder ? GraphChecks.Verify(folder, log) : [],
            Results = _results,
            Opponents = _opponents,
            Checks = _checks,
            Notes = _notes,
        };
        RaceRow[] rows = [.. options.Rows.Where(IsPossible)];
        if (rows.Length == 0)
        {
            throw new InvalidDataException("there is nothing to compare: " + string.Join(' ', _notes));
        }

        foreach (RaceRow row in rows)
        {
            RaceResult result = Compare(row, Choose(row));
            _results.Add(result);
            log(string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Name} ({row.Shape}): {row.OurName} {result.Ours.Median:0.00} ms, {row.PeerName} {result.Peers.Median:0.00} ms, " +
                    $"ratio {result.Ratio:0.000}"));
            save(report);
        }

        return report;
    }

    public void Dispose()
    {
        foreach (RaceModel model in _models.Values)
        {
            model.Dispose();
        }
    }

    private bool IsPossible(RaceRow row)
    {
        string? missing = row.Shape.Texts is not null && options.Sentences is null ? "--sentences and --vocabulary"
            : row.Model == RaceRows.Published && options.Model is null ? "--model"
            : null;
        string note = $"{row.Name} is left out: it needs {missing}.";
        if (missing is not null && !_notes.Contains(note))
        {
            _notes.Add(note);
        }

        return missing is null;
    }

    private RaceModel Model(string name)
    {
        if (!_models.TryGetValue(name, out RaceModel? model))
        {
            model = name == RaceRows.Published ? new CheckpointRaceModel(CheckpointModel.Open(options.Model!)) : RandomRaceModel.Named(name, options.Seed);
            _models.Add(name, model);
        }

        return model;
    }

    private IReadOnlyList<IReadOnlyList<Sequence>> Batches(RaceRow row, bool isSorted) => row.Shape.Texts is int count
        ? RaceTexts.Batches(RaceTexts.Read(options.Sentences!, options.Vocabulary!, count), row.Shape.Batch, isSorted)
        : [[Sequence.OfLength(row.Shape.Length!.Value, Model(row.Model).Config.VocabularySize)]];

    // Rows of one shape have one opponent.
    private Recipe Choose(RaceRow row)
    {
        (string Model, RowShape Shape, PeerKind Peer) key = (row.Model, row.Shape, row.Peer);
        if (!_chosen.TryGetValue(key, out Recipe? recipe))
        {
            IReadOnlyList<TriedGraph> tried = Try(row);
            recipe = tried[0].Recipe;
            _chosen.Add(key, recipe);
            _opponents.Add(new Opponent(row.Name, row.Shape, row.PeerName, tried));
            Recipe plain = recipe with { Mask = PaddingMask.None };
            if (plain.Kind != LinearKind.Float && !_checks.Any(check => check.Model == row.Model && check.Recipe == plain))
            {
                _checks.Add(GraphChecks.Check(row.Model, Model(row.Model), recipe));
            }
        }

        return recipe;
    }

    // Times the graphs that might be the fastest.
    private IReadOnlyList<TriedGraph> Try(RaceRow row)
    {
        bool isPadded = row.Shape.Texts is not null;
        IReadOnlyList<Recipe> recipes = isPadded ? Recipes.Padded(row.Peer) : Recipes.Of(row.Peer);
        if (options.IsQuick)
        {
            return [new TriedGraph(recipes[0], null)];
        }

        log(FormattableString.Invariant($"{row.Name}: choosing among {recipes.Count} {row.PeerName} graphs"));
        RaceModel model = Model(row.Model);
        IWeightSource weights = model.Weights();
        var contenders = new List<IContender>();
        try
        {
            foreach (Recipe recipe in recipes)
            {
                GraphOutput output = row.Shape.IsQuestion ? GraphOutput.Sentence : model.Output;
                contenders.Add(PeerSession.Load(model.Config, weights, recipe, output, row.Shape.Threads, Batches(row, row.Shape.IsSorted)));
            }

            double[][] times = (isPadded ? new Turns(2, 1, 1, options.PauseMs) : new Turns(9, 3, 1, options.PauseMs)).Take(contenders, cancellation);
            return [.. recipes.Select((recipe, i) => new TriedGraph(recipe, Statistics.Quantile(times[i], 0.25))).OrderBy(graph => graph.LowerQuartile)];
        }
        finally
        {
            contenders.ForEach(contender => contender.Dispose());
        }
    }

    private RaceResult Compare(RaceRow row, Recipe recipe)
    {
        RaceModel model = Model(row.Model);
        using IContender ours = row.Shape.IsQuestion
            ? new OurQuestion(model.Pack(row, cancellation), row.Shape.Threads, cancellation)
            : new OurSession(model.Pack(row, cancellation), row.Shape.Threads, Batches(row, isSorted: false), cancellation);
        using IContender peer = row.Shape.IsQuestion
            ? new PeerQuestion((CheckpointRaceModel)model, recipe, row.Shape.Threads)
            : PeerSession.Load(model.Config, model.Weights(), recipe, model.Output, row.Shape.Threads, Batches(row, row.Shape.IsSorted));
        int calls = row.Shape.Texts is int texts ? (texts + row.Shape.Batch - 1) / row.Shape.Batch : 1;
        int warmUps = (int)Math.Ceiling((double)WarmUpCalls / calls / options.Burst);
        Turns.Settle(ours);
        Turns.Settle(peer);
        double[][] times = new Turns(options.Runs, warmUps, options.Burst, options.PauseMs).Take([ours, peer], cancellation);
        double allocated = Allocated(ours);
        if (ours is OurQuestion question)
        {
            NoteQuestion(row, question, (PeerQuestion)peer, allocated);
        }

        double? target = row.Targets?.For(ProcessorClasses.Current);
        return new RaceResult(row, TimeSummary.Of(times[0]), TimeSummary.Of(times[1]), target, allocated, recipe, times[0], times[1])
        {
            Measured = $"{MachineFacts.Now}, {MachineFacts.Commit}",
        };
    }

    private static double Allocated(IContender contender)
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < CountedRuns; i++)
        {
            contender.Run();
        }

        return (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / CountedRuns;
    }

    private void NoteQuestion(RaceRow row, OurQuestion ours, PeerQuestion peer, double allocated)
    {
        if (!ours.Ids.AsSpan().SequenceEqual(peer.Ids) || ours.Ids.Length != row.Shape.Length)
        {
            throw new InvalidOperationException("the tokenizers disagree about the question, or it is of another length with the vocabulary of --model");
        }

        using var exact = new PeerQuestion((CheckpointRaceModel)Model(row.Model), Recipes.Exact, row.Shape.Threads);
        exact.Run();
        _notes.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{row.Name}, {row.OurName}: QuantGen allocates {allocated:0} bytes a call. Cosine with the vector of the exact graph: QuantGen " +
                $"{Statistics.Cosine(exact.Vector, ours.Vector):0.0000}, ONNX Runtime {Statistics.Cosine(exact.Vector, peer.Vector):0.0000}."));
    }
}
