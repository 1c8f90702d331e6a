using System.CommandLine;
using System.Globalization;
using QuantGen.Cli.Conventions;
using QuantGen.Training.Batching;
using QuantGen.Training.Losses;

namespace QuantGen.Cli.Options;

/// <summary>The options that say which classes a training knows, and how much each counts.</summary>
internal sealed class LabelOptions
{
    private const string Balanced = "balanced";

    private readonly Option<string?> _labels = CliOption.Text(
        "--labels", "A,B,C", "The classes in the order of the model's outputs. [default: the checkpoint's where they hold the data's, else the data's]");
    private readonly Option<bool> _many =
        new("--multi-label") { Description = "Any number of labels may hold for a text; the column has them joined by commas. " +
        "[default: as the checkpoint's problem_type says]" };
    private readonly Option<string?> _weights = CliOption.Text(
        "--class-weights", "balanced|W,W,..", "How much each class counts in the loss: balanced for the inverse of its share, or a number for each.");
    private readonly Option<double?> _smoothing =
        CliOption.OptionalReal("--label-smoothing", "Share of each label that is given to all classes alike. [default: 0]", 0, 0.99);

    public void AddTo(Command command)
    {
        command.Add(_labels);
        command.Add(_many);
        command.Add(_weights);
        command.Add(_smoothing);
    }

    /// <summary>Gets the names of the classes; null for none.</summary>
    /// <exception cref="UsageException">There is one, or one twice.</exception>
    public IReadOnlyList<string>? Labels(OptionValues values)
    {
        string[]? labels = values.Get(_labels)?.Split(',', StringSplitOptions.TrimEntries);
        return labels is null || (labels.Length > 1 && labels.Distinct().Count() == labels.Length && labels.All(label => label.Length > 0))
            ? labels
            : throw new UsageException($"{_labels.Name} takes two names or more, joined by commas, each once, and it is '{values.Get(_labels)}'");
    }

    /// <summary>Gets whether the command line says that any number of labels may hold.</summary>
    public bool HasMany(OptionValues values) => values.Get(_many);

    /// <summary>Gets the loss.</summary>
    /// <param name="values">The command line.</param>
    /// <param name="examples">What is learnt from.</param>
    /// <param name="labels">The model's classes; none where it has none.</param>
    /// <exception cref="UsageException">The model has no classes, or another number of them.</exception>
    public LossOptions Loss(OptionValues values, IReadOnlyList<Example> examples, IReadOnlyList<string> labels)
    {
        Option? used = new Option[] { _weights, _smoothing }.FirstOrDefault(values.Has);
        return used is null || labels.Count > 0
            ? LossOptions.Labels with { LabelSmoothing = values.Get(_smoothing) ?? 0, ClassWeights = Weights(values, examples, labels.Count) }
            : throw new UsageException($"{used.Name} needs classes, and this model has none");
    }

    /// <summary>Adds what the result depends on.</summary>
    public void AddIdentity(OptionValues values, Dictionary<string, string> identity)
    {
        if (values.Get(_weights) is string weights)
        {
            identity["class weights"] = weights;
        }

        if (values.Get(_smoothing) is double smoothing)
        {
            identity["label smoothing"] = smoothing.ToString(CultureInfo.InvariantCulture);
        }
    }

    private double[]? Weights(OptionValues values, IReadOnlyList<Example> examples, int labels)
    {
        if (values.Get(_weights) is not string text)
        {
            return null;
        }

        if (text == Balanced)
        {
            return BalancedWeights(examples, labels);
        }

        double[] weights =
        [
            .. text.Split(',').Select(part =>
                double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double weight) && weight is >= 0 and <= 1e6
                    ? weight
                    : throw new UsageException($"{_weights.Name} takes {Balanced} or numbers from 0, joined by commas, and it is '{text}'")),
        ];
        return weights.Length == labels
            ? weights
            : throw new UsageException(FormattableString.Invariant($"{_weights.Name} has {weights.Length} numbers, and this model has {labels} classes"));
    }

    // The mean weight of an example is 1; where any number of labels may hold, those that hold weigh as much in all as those that do not.
    private static double[] BalancedWeights(IReadOnlyList<Example> examples, int labels)
    {
        double[] counts = new double[labels];
        bool hasMany = examples[0].Classes is not null;
        foreach (int label in examples.SelectMany(example => example.Classes ?? example.Tags ?? [(int)example.Label]).Where(label => label >= 0))
        {
            counts[label]++;
        }

        int present = counts.Count(count => count > 0);
        double all = counts.Sum();
        return Array.ConvertAll(counts, count => count == 0 ? 1 : hasMany ? Math.Max(1, examples.Count - count) / count : all / (present * count));
    }
}
