using QuantGen.Cli.Data;
using QuantGen.Execution;
using QuantGen.Training.Batching;
using QuantGen.Training.Data;
using QuantGen.Training.Evaluation;

namespace QuantGen.Cli.Measuring;

/// <summary>What a model is worth on a file of the kind that its head reads.</summary>
/// <param name="Score">The metrics.</param>
/// <param name="Count">What was measured: rows, questions, sentences or texts.</param>
/// <param name="Outputs">The outputs of labelled rows; null for the other kinds, whose outputs are too many to keep.</param>
internal sealed record FileScore(ModelScore Score, int Count, EvaluationResult? Outputs)
{
    // SQuAD's metrics are hundredths already.
    private double _hundredths = 100;

    /// <summary>Measures a model on labelled rows, SQuAD's questions, words with tags, or texts of which a masked language model finds hidden words.</summary>
    /// <param name="session">The model.</param>
    /// <param name="file">The file.</param>
    /// <param name="options">Length, size of batches, progress.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="QuantGen.Training.DataFormatException">The file is not what the head reads.</exception>
    public static FileScore Of(InferenceSession session, string file, EvaluationOptions options, CancellationToken cancellation)
    {
        if (session.Spec.Head == BertHead.MaskedLanguageModel)
        {
            MaskedEvaluation masked = MaskedTextEvaluator.Evaluate(
                session, TextFiles.Load(file), file, HiddenTokens.DefaultSeed, options, cancellation);
            return new FileScore(masked.Score, masked.TextCount, null);
        }

        if (TaskData.HasQuestions(file))
        {
            AnswerEvaluation answers = AnswerEvaluator.Evaluate(session, SquadDataset.Load(file), options, cancellation);
            return new FileScore(answers.Score, answers.Answers.Count, null) { _hundredths = 1 };
        }

        if (TaggedText.IsFile(file))
        {
            ConllDataset tagged = ConllDataset.Load(file);
            return new FileScore(TagEvaluator.Evaluate(session, tagged, options, cancellation), tagged.Sentences.Count, null);
        }

        EvaluationResult rows = Evaluator.Evaluate(session, TsvDataset.Load(file), file, options, cancellation);
        return new FileScore(new ModelScore(rows.Metric, rows.Value, HigherIsBetter: true, rows.Metrics), rows.RowCount, rows);
    }

    /// <summary>Returns how much another model's metric is worse: in hundredths, or where less is better, as perplexity, in percent of this one's.</summary>
    /// <param name="other">The other model's score on the same file.</param>
    public double DropTo(FileScore other)
    {
        if (!Score.HigherIsBetter)
        {
            return 100 * ((other.Score.Value / Score.Value) - 1);
        }

        return _hundredths * (Score.Value - other.Score.Value);
    }
}
