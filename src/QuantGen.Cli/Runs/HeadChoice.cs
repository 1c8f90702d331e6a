using QuantGen.Cli.Conventions;
using QuantGen.Cli.Data;
using QuantGen.Cli.Reporting;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Cli.Runs;

/// <summary>Decides which head, with which labels, a training gives a model.</summary>
/// <param name="Start">What the training starts from.</param>
/// <param name="Data">What it learns from.</param>
/// <param name="Labels">The labels that the user names; null for none.</param>
/// <param name="KeepsHead">Whether lines of text are no reason to give up another head.</param>
internal sealed record HeadChoice(TrainingStartPoint Start, TaskData Data, IReadOnlyList<string>? Labels, bool KeepsHead)
{
    private const int MostTold = 12;

    /// <summary>Decides, and tells which labels are new or stand for others.</summary>
    /// <exception cref="UsageException">Data and checkpoint do not go together.</exception>
    public ModelConfig Decide(Report report)
    {
        ModelConfig config = Start.Config;
        if (Labels is not null && Data.Head is not (BertHead.SequenceClassification or BertHead.TokenClassification))
        {
            throw new UsageException($"--labels names classes, and {Data.File} has none");
        }

        config = config with { OutputActivation = ActivationOf(config) };
        if (config.Head is BertHead.Regression && Labels is null && Data.Fits(config.Head))
        {
            return config;
        }

        if (Data.Head == BertHead.MaskedLanguageModel && KeepsHead && config.Head is not (BertHead.Encoder or BertHead.MaskedLanguageModel))
        {
            throw new UsageException(
                $"{Data.File} has lines of text, which a masked language model learns from, and this checkpoint has the head {SpecNames.Of(config.Head)}; " +
                    "to train on text use pretrain");
        }

        return Data.Head is BertHead.SequenceClassification or BertHead.TokenClassification
            ? WithLabels(config with { Head = Data.Head }, report)
            : config with { Head = Data.Head };
    }

    // What a head goes through stays with it; labels of which any number may hold bring their own.
    private OutputActivation ActivationOf(ModelConfig config) => Data.HasManyLabels ? OutputActivation.Sigmoid
        : config.Head == BertHead.Regression && Data.Fits(config.Head) && Labels is null ? config.OutputActivation
        : OutputActivation.Usual;

    private ModelConfig WithLabels(ModelConfig config, Report report)
    {
        IReadOnlyList<string> classes = Data.Classes;
        if (Labels is not null)
        {
            return Named(config with { Labels = new EquatableArray<string>(Labels) }, report);
        }

        if (Start.NamesLabels && Holds(config.Labels))
        {
            return Named(config, report);
        }

        if (classes.Count == 1)
        {
            throw new UsageException($"{Data.File} has one label only; a classifier learns to tell two or more apart");
        }

        if (Data.HasWords || Start.NamesLabels)
        {
            string had = Start.NamesLabels && Start.Config.Head == Data.Head
                ? FormattableString.Invariant($", where the checkpoint has {config.Labels.Count}")
                : string.Empty;
            string more = classes.Count > MostTold ? ", ..." : string.Empty;
            report.Line(FormattableString.Invariant($"{classes.Count} labels from the data{had}: {string.Join(", ", classes.Take(MostTold))}{more}"));
            return config with { Labels = new EquatableArray<string>(classes) };
        }

        return Named(config with { Labels = new EquatableArray<string>(classes) }, report);
    }

    // Words are looked up among the labels; numbers are indexes, or as many names.
    private bool Holds(EquatableArray<string> labels) => Data.HasWords ? Data.Classes.All(labels.Contains) : labels.Count >= Data.Classes.Count;

    // Labels that are no indexes are told, since their order decides which class each is.
    private ModelConfig Named(ModelConfig config, Report report)
    {
        if (Data is { HasNames: true, HasWords: false })
        {
            report.Line($"labels {string.Join(", ", Data.Classes)} are the classes {string.Join(", ", config.Labels)}");
        }

        return config;
    }
}
