using System.CommandLine;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Texts;
using QuantGen.Execution;
using QuantGen.Specs;
using QuantGen.Tasks;

namespace QuantGen.Cli.Options;

/// <summary>The options that say what of a model's outputs is shown.</summary>
internal sealed class AnswerOptionSet
{
    private readonly EmbeddingOptions _embedding = new();
    private readonly Option<EntityAggregation?> _aggregation = CliOption.Choice<EntityAggregation>(
        "--aggregation", "Entities: how the tags of word pieces are joined, as in Hugging Face's pipeline; none shows the tag of every piece. " +
            "[default: simple where O is one of the tags]", absent: null);
    private readonly Option<double?> _threshold = ThresholdOption.Create();
    private readonly Option<bool> _noAnswer =
        new("--no-answer") { Description = "Questions: say 'no answer' where the model finds that likelier, as in SQuAD 2.0." };
    private readonly Option<WindowPooling?> _windows = CliOption.Choice<WindowPooling>(
        "--windows", "Classes and real outputs: read long texts in windows, and join the windows' outputs.", absent: null);

    public void AddTo(Command command)
    {
        _embedding.AddTo(command);
        command.Add(_aggregation);
        command.Add(_threshold);
        command.Add(_noAnswer);
        command.Add(_windows);
    }

    /// <summary>Gets how long texts are read; null for not in windows.</summary>
    public WindowPooling? Windows(OptionValues values) => values.Get(_windows);

    /// <summary>Gets what the command line asks for.</summary>
    /// <exception cref="UsageException">The model's head has another answer.</exception>
    public AnswerSettings Read(OptionValues values, InferenceSession session)
    {
        BertHead head = session.Spec.Head;
        bool hasMany = head == BertHead.SequenceClassification && session.OutputActivation == OutputActivation.Sigmoid;
        Require(values, _aggregation, head == BertHead.TokenClassification, "that tags words", head);
        Require(values, _threshold, hasMany, "of which any number of labels may hold", head);
        Require(values, _noAnswer, head == BertHead.QuestionAnswering, "that answers questions", head);
        Require(values, _windows, head is BertHead.SequenceClassification or BertHead.Regression, "with classes or a real output", head);
        return new AnswerSettings(
            _embedding.Read(values, head), values.Get(_aggregation), values.Get(_threshold) ?? ThresholdOption.Default,
            new AnswerOptions { NoAnswerThreshold = values.Get(_noAnswer) ? 0 : null });
    }

    private static void Require(OptionValues values, Option option, bool isRight, string needed, BertHead head)
    {
        if (values.Has(option) && !isRight)
        {
            throw new UsageException($"{option.Name} needs a model {needed}, and this model has the head {SpecNames.Of(head)}");
        }
    }
}
