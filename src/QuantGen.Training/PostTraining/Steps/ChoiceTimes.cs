using QuantGen.Execution;
using QuantGen.Graph;
using QuantGen.Quantization;
using QuantGen.Specs;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>
/// What matrices take of a pass on this machine, stored in one way or another: generated code of whole models is measured, as by <c>bench --explain</c>.
/// </summary>
/// <remarks>
/// A model for each way has all matrices stored in it, where they can. The models take turns on one thread, and the median of each class of operators is
/// shared out among its matrices by their multiply-adds.
/// </remarks>
/// <param name="state">The model.</param>
/// <param name="tokens">Tokens of a pass.</param>
internal sealed class ChoiceTimes(RecipeState state, int tokens)
{
    private const int WarmUps = 30;
    private const int Turns = 25;
    private const double NanosecondsPerMillisecond = 1e6;

    // A linear layer's part of the model has the name of the class that its time belongs to.
    private static readonly OperatorClass[] s_planned = [.. Enum.GetNames<ModelPart>().Select(Enum.Parse<OperatorClass>)];

    /// <summary>Measures.</summary>
    /// <param name="choices">The choices of all matrices.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>Nanoseconds of all that is not planned, then of every choice of every matrix.</returns>
    public float[] Measure(PlanChoices choices, CancellationToken cancellation)
    {
        MatrixChoice[] ways = [.. choices.Choices.SelectMany(own => own).Distinct()];
        var sessions = new List<InferenceSession>();
        try
        {
            foreach (MatrixChoice way in ways)
            {
                sessions.Add(Load(choices, way, cancellation));
            }

            double[][] milliseconds = TakeTurns(sessions, cancellation);
            LinearNode[] nodes = [.. choices.Matrices.Select(matrix => state.Target.Graph.Matrices.First(linear => linear.Name == matrix.Name))];
            double rest = milliseconds.Average(own => own[^1]);
            var result = new List<float> { (float)(rest * NanosecondsPerMillisecond) };
            for (int i = 0; i < nodes.Length; i++)
            {
                double share = Share(nodes[i]) / state.Target.Graph.Matrices.Where(linear => linear.Part == nodes[i].Part).Sum(Share);
                result.AddRange(choices.Choices[i].Select(
                    way => (float)(milliseconds[Array.IndexOf(ways, way)][(int)nodes[i].Part] * share * NanosecondsPerMillisecond)));
            }

            return [.. result];
        }
        finally
        {
            sessions.ForEach(session => session.Dispose());
        }
    }

    private InferenceSession Load(PlanChoices choices, MatrixChoice way, CancellationToken cancellation)
    {
        var stored = choices.Matrices.Select((matrix, i) => (matrix.Name, choices.Choices[i]))
            .ToDictionary(pair => pair.Name, pair => pair.Item2.Contains(way) ? way : pair.Item2[0], StringComparer.Ordinal);
        ModelSpec spec = state.Target with
        {
            Matrices = new(state.Target.Matrices.Select(matrix => stored.TryGetValue(matrix.Name, out MatrixChoice? own) ? own.ApplyTo(matrix) : matrix)),
        };

        // What codes and ranges are does not change how long they take.
        var ranges = ActivationCalibrator.SitesOf(spec).ToDictionary(
            site => site.Name, site => (IReadOnlyList<QuantizationParameters>)[.. Enumerable.Repeat(new QuantizationParameters(1, 0), site.Uses)],
            StringComparer.Ordinal);
        PostTrainingOptions options = state.Options with { Recipe = state.Recipe with { Clipping = Clipping.MinMax }, StaticRanges = ranges, Progress = null };
        PostTrainingResult result = PostTrainingQuantizer.Quantize(state.Weights, new Dictionary<string, QuantizedMatrix>(), spec, options, cancellation);
        return state.Texts.Loader.Load(result.Builder.Build(state.Weights.Checkpoint.Directory), cancellation);
    }

    // The medians of the planned classes, then that of all else.
    private double[][] TakeTurns(List<InferenceSession> sessions, CancellationToken cancellation)
    {
        var random = new Random(tokens);
        int[] ids = [.. Enumerable.Range(0, tokens).Select(_ => random.Next(state.Target.Dimensions.VocabularySize))];
        var seen = sessions.Select(_ => new List<double[]>()).ToArray();
        for (int turn = -WarmUps; turn < Turns; turn++)
        {
            for (int i = 0; i < sessions.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                var profile = new OperatorProfile();
                Run(sessions[i], ids, profile);
                if (turn >= 0)
                {
                    double[] own = [.. s_planned.Select(profile.Milliseconds)];
                    seen[i].Add([.. own, profile.TotalMilliseconds - own.Sum()]);
                }
            }
        }

        IEnumerable<int> classes = Enumerable.Range(0, s_planned.Length + 1);
        return [.. seen.Select(turns => classes.Select(k => turns.Select(own => own[k]).Order().ElementAt(Turns / 2)).ToArray())];
    }

    private static void Run(InferenceSession session, int[] ids, OperatorProfile profile)
    {
        ModelSpec spec = session.Spec;
        int rows = spec.IsPooled ? 1 : ids.Length;
        var options = new CallOptions { Threads = 1, Profile = profile };
        if (spec.HasOutputLayer)
        {
            session.Run(ids, new byte[ids.Length], [ids.Length], new float[rows * spec.OutputCount], options);
        }
        else
        {
            session.RunHidden(ids, new byte[ids.Length], [ids.Length], new float[rows * spec.Dimensions.HiddenSize], options);
        }
    }

    // A pooled head reads one token of the last layer, which computes no more of what follows attention.
    private double Share(LinearNode linear)
    {
        ModelGraph graph = state.Target.Graph;
        bool isShort = graph.IsPooled && !graph.IsShared && RowNeeds.ForFirstTokens(graph.Layers[^1]).Contains(linear);
        return (double)linear.Rows * linear.Width / (isShort ? tokens : 1);
    }
}
