using QuantGen.Cli.Engines;

namespace QuantGen.Experiments.Studies;

/// <summary>The tables, in the order they are made.</summary>
internal static class AllStudies
{
    private static readonly int[] s_seeds = [1, 2, 3];

    // Learning rate and dropout have the least divergence from the teacher on the part of the training data that is kept apart; one choice for all methods.
    private static readonly Recipe s_classifiers = new("2", MaxSteps: null, "--learning-rate", "5e-5", "--dropout", "0");
    private static readonly Recipe s_languageModel = new("1", MaxSteps: "250", "--learning-rate", "1e-4", "--dropout", "0", "--attention-dropout", "0");

    public static IReadOnlyList<Study> List { get; } =
    [
        Comparison(), LowBitActivations(), MaskedLanguageModel(), LongerTraining(), Clustering(), ClusterIterations(), Initialization(),
        .. TrainingEngines.Present.Contains(TrainingEngines.Torch) ? [Engines()] : Array.Empty<Study>(),
    ];

    private static Recipe RecipeOf(LearningTask task) =>
        task == LearningTask.SotuMlm ? s_languageModel : task == LearningTask.Trec ? s_classifiers with { Epochs = "4" } : s_classifiers;

    private static IEnumerable<Experiment> Rows(string row, LearningTask task, IEnumerable<int> seeds, params string[] options) =>
        seeds.Select(seed => new Experiment(row, seed, task, RecipeOf(task).After(options)));

    private static IEnumerable<Experiment> LongerRows(string row, LearningTask task, IEnumerable<int> seeds, string steps, params string[] options) =>
        seeds.Select(seed => new Experiment(row, seed, task, RecipeOf(task).Before(options, steps)));

    private static Study Comparison()
    {
        Method[] methods = [Method.Q8Bert, Method.TernaryBert, Method.Lsq, Method.LsqWithTeacher, Method.Kdlsq];
        Widths[] widths = [new(2, 2, 8), new(4, 4, 8), new(8, 8, 8)];
        var rows = from task in new[] { LearningTask.Trec, LearningTask.Sst2 }
                   from width in widths
                   from method in methods
                   where method != Method.TernaryBert || width.Weights != 4
                   from run in Rows(
                       $"{task.Name} {width} {method.Name}", task, task == LearningTask.Trec && (width.Weights == 2 || method == Method.Kdlsq) ? s_seeds : [1],
                       [.. width.Options, .. method.Options])
                   select run;
        return new Study("comparison", "Methods at W-E-A 2-2-8, 4-4-8 and 8-8-8", "What do a teacher and learned step sizes add?", [.. rows]);
    }

    private static Study LowBitActivations()
    {
        var rows = from width in new Widths[] { new(2, 2, 8), new(2, 2, 4), new(2, 2, 2), new(4, 4, 2), new(4, 4, 6), new(6, 6, 8) }
                   from run in Rows($"{width} {Method.Kdlsq.Name}", LearningTask.Trec, s_seeds, [.. width.Options, .. Method.Kdlsq.Options])
                   select run;
        return new Study("activations", "KDLSQ-BERT with activations of 8, 6, 4 and 2 bits", "How far can activations go down?", [.. rows]);
    }

    private static Study MaskedLanguageModel()
    {
        var widths = new Widths[] { new(2, 8, 8), new(4, 8, 8) };
        var rows = from width in widths
                   from method in new[] { Method.Q8Bert, Method.TernaryBert, Method.Kdlsq }
                   where method != Method.TernaryBert || width.Weights == 2
                   from run in Rows($"{width} {method.Name}", LearningTask.SotuMlm, [1], [.. width.Options, .. method.Options])
                   select run;
        return new Study(
            "perplexity", "A masked language model: perplexity after equal training", "Which method loses least where accuracy cannot hide it?", [.. rows]);
    }

    private static Study LongerTraining()
    {
        var rows = from method in new[] { Method.TernaryBert, Method.Kdlsq, Method.LsqWithTeacher }
                   from run in LongerRows(
                       $"2-8-8 {method.Name}, 750 steps", LearningTask.SotuMlm, [1], steps: "750", [.. new Widths(2, 8, 8).Options, .. method.Options])
                   select run;
        return new Study("longer", "A masked language model: three times the steps", "Does the order of the best two methods hold?", [.. rows]);
    }

    private static Study Clustering()
    {
        var rows = from task in new[] { LearningTask.SotuMlm, LearningTask.Trec, LearningTask.Sst2Albert }
                   from bits in new[] { 1, 2, 3, 4, 5 }
                   from scheme in new[] { "k-means", "linear-clusters" }
                   from run in Rows($"{task.Name} {bits} bits {scheme}", task, task == LearningTask.Trec && bits == 3 ? s_seeds : [1],
                       [.. Clusters(scheme, bits)])
                   select run;
        return new Study("clustering", "k-means against linear clusters at 1 to 5 bits", "Is it worth choosing centroids?", [.. rows]);
    }

    private static Study ClusterIterations()
    {
        var rows = from task in new[] { LearningTask.Trec, LearningTask.Sst2Albert }
                   from iterations in new[] { "3", "5", "10", "20" }
                   from run in Rows($"{task.Name} {iterations} iterations", task, [1], [.. Clusters("k-means", 1), "--cluster-iterations", iterations])
                   select run;
        return new Study("iterations", "k-means at 1 bit: iterations of Lloyd's algorithm", "Do more iterations help the smallest codebook?", [.. rows]);
    }

    private static Study Initialization()
    {
        var rows = from initialization in new[] { "truncation", "experience", "mean-magnitude" }
                   from run in Rows(
                       initialization, LearningTask.Trec, [1],
                       [.. new Widths(2, 2, 8).Options, .. Method.Kdlsq.Options, "--scale-initialization", initialization])
                   select run;
        return new Study(
            "initialization", "How learned thresholds begin", "Does Algorithm 1 converge faster than fixed values?", [.. rows]) { HasCurves = true };
    }

    private static Study Engines()
    {
        var rows = from engine in TrainingEngines.Known
                   from run in Rows(
                       $"{engine}: 2-2-8 {Method.Kdlsq.Name}", LearningTask.Trec, s_seeds,
                       [.. new Widths(2, 2, 8).Options, .. Method.Kdlsq.Options, "--engine", engine])
                   select run;
        return new Study("engines", "KDLSQ-BERT by generated code and by TorchSharp", "Do both engines learn the same?", [.. rows]);
    }

    private static string[] Clusters(string scheme, int bits)
    {
        string width = bits.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return ["--scheme", scheme, "--bits", width, "--embedding-bits", width, "--loss", "gt"];
    }
}
