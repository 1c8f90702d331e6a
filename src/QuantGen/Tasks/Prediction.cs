using System.Globalization;

namespace QuantGen.Tasks;

/// <summary>The class of a text, and how likely each of the labels is.</summary>
public sealed class Prediction
{
    private readonly IReadOnlyList<string> _labels;
    private readonly float[] _logits;
    private readonly float[] _probabilities;

    /// <summary>Creates a prediction from the outputs of a classification head.</summary>
    /// <param name="labels">The labels in the order of the outputs; at least one.</param>
    /// <param name="logits">An output for each label; they are copied.</param>
    /// <exception cref="ArgumentException">There is no label, or there are more or fewer logits than labels.</exception>
    public Prediction(IReadOnlyList<string> labels, ReadOnlySpan<float> logits)
        : this(labels, logits, OutputActivation.Usual)
    {
    }

    /// <summary>Creates a prediction from the outputs of a classification head.</summary>
    /// <param name="labels">The labels in the order of the outputs; at least one.</param>
    /// <param name="logits">An output for each label; they are copied.</param>
    /// <param name="activation">Whether labels exclude one another (softmax) or not (sigmoid).</param>
    /// <exception cref="ArgumentException">There is no label, or there are more or fewer logits than labels.</exception>
    public Prediction(IReadOnlyList<string> labels, ReadOnlySpan<float> logits, OutputActivation activation)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Count == 0 || labels.Count != logits.Length)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"each label needs one logit, and there are {labels.Count} labels and {logits.Length} logits"), nameof(logits));
        }

        _labels = labels;
        _logits = logits.ToArray();
        _probabilities = new float[logits.Length];
        LabelChoice choice = LabelChoice.Of(logits, _probabilities);
        LabelIndex = choice.Index;
        if (activation == OutputActivation.Sigmoid)
        {
            _probabilities = Array.ConvertAll(_logits, LabelChoice.Sigmoid);
        }

        Probability = _probabilities[choice.Index];
    }

    /// <summary>Gets the label with the largest logit; the first of them where several are equal.</summary>
    public string Label => _labels[LabelIndex];

    /// <summary>Gets the label's index among the head's outputs.</summary>
    public int LabelIndex { get; }

    /// <summary>Gets the label's softmax probability; where it is the only label, or labels do not exclude one another, the sigmoid of its logit.</summary>
    public float Probability { get; }

    /// <summary>Gets the softmax probabilities of all labels (of a single one, and where labels do not exclude one another, sigmoids), in the order of the
    /// head's
    /// outputs.</summary>
    public IReadOnlyList<float> Probabilities => _probabilities;

    /// <summary>Gets the head's outputs, one per label.</summary>
    public IReadOnlyList<float> Logits => _logits;

    /// <summary>Lists the likeliest labels.</summary>
    /// <param name="count">How many, at least 1; where there are fewer labels, all.</param>
    /// <returns>The labels, the likeliest first; among equal ones the first of the head's outputs first.</returns>
    public IReadOnlyList<LabelProbability> Top(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return [.. Ranking.Largest(_probabilities, count).Select(i => new LabelProbability(_labels[i], i, _probabilities[i]))];
    }

    /// <summary>Lists the labels that are at least so likely, which are the answer of a model whose labels do not exclude one another.</summary>
    /// <param name="threshold">From 0 to 1; default 0.5.</param>
    /// <returns>The labels, the likeliest first; there may be none.</returns>
    public IReadOnlyList<LabelProbability> Above(double threshold = 0.5) => [.. Top(_labels.Count).TakeWhile(label => label.Probability >= threshold)];

    /// <summary>Writes the label and its probability.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Label} ({Probability:0.0000})");
}
