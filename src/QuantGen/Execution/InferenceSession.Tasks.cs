using QuantGen.Tasks;
using QuantGen.Tokenization;

namespace QuantGen.Execution;

/// <content>What a user asks of a model about whole texts, and what all tasks share.</content>
public sealed partial class InferenceSession
{
    /// <summary>Classifies a text or a pair of texts.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pair">The second text; null for none.</param>
    /// <param name="options">Threads, truncation and cancellation; null for defaults.</param>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="SequenceTooLongException">The text is too long and truncation was not asked for.</exception>
    /// <exception cref="InvalidOperationException">The head is not <see cref="BertHead.SequenceClassification"/>.</exception>
    public Prediction Classify(string text, string? pair = null, CallOptions? options = null) => Classify([new TextInput(text, pair)], options)[0];

    /// <summary>Classifies texts.</summary>
    /// <param name="texts">The texts or pairs.</param>
    /// <param name="options">Threads and truncation; null for defaults.</param>
    /// <param name="cancellation">Ends the call before its next pass.</param>
    /// <returns>A prediction for each, in order.</returns>
    /// <exception cref="SequenceTooLongException">A text is too long and truncation was not asked for.</exception>
    /// <exception cref="InvalidOperationException">The head is not <see cref="BertHead.SequenceClassification"/>.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public IReadOnlyList<Prediction> Classify(IReadOnlyList<TextInput> texts, CallOptions? options = null, CancellationToken cancellation = default)
    {
        RequireHead(BertHead.SequenceClassification, nameof(Classify));
        float[] logits = RowOutputs(texts, options, cancellation);
        var predictions = new Prediction[texts.Count];
        for (int i = 0; i < predictions.Length; i++)
        {
            predictions[i] = new Prediction(Labels, logits.AsSpan(i * Spec.OutputCount, Spec.OutputCount), OutputActivation);
        }

        return predictions;
    }

    /// <summary>Computes the real output for a text or a pair of texts, without rounding or clipping: as it is, or, where <see cref="OutputActivation"/>
    /// says so,
    /// its sigmoid.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pair">The second text; null for none.</param>
    /// <param name="options">Threads, truncation and cancellation; null for defaults.</param>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="SequenceTooLongException">The text is too long and truncation was not asked for.</exception>
    /// <exception cref="InvalidOperationException">The head is not <see cref="BertHead.Regression"/>.</exception>
    public float Regress(string text, string? pair = null, CallOptions? options = null) => Regress([new TextInput(text, pair)], options)[0];

    /// <summary>Computes the real outputs for texts.</summary>
    /// <param name="texts">The texts or pairs.</param>
    /// <param name="options">Threads and truncation; null for defaults.</param>
    /// <param name="cancellation">Ends the call before its next pass.</param>
    /// <returns>An output for each, in order.</returns>
    /// <exception cref="SequenceTooLongException">A text is too long and truncation was not asked for.</exception>
    /// <exception cref="InvalidOperationException">The head is not <see cref="BertHead.Regression"/>.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public float[] Regress(IReadOnlyList<TextInput> texts, CallOptions? options = null, CancellationToken cancellation = default)
    {
        RequireHead(BertHead.Regression, nameof(Regress));
        float[] outputs = RowOutputs(texts, options, cancellation);
        return OutputActivation == OutputActivation.Sigmoid ? Array.ConvertAll(outputs, LabelChoice.Sigmoid) : outputs;
    }

    private EncodedTexts Encode(IReadOnlyList<TextInput> texts, CallOptions? options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(texts);
        EncodeOptions? limits = LengthLimit(options) is int most ? new EncodeOptions { MaxLength = most, Truncation = Truncation.LongestFirst } : null;
        CancellationToken ended = Cancelled(options, cancellation).CancellationToken;
        var encodings = new EncodedText[texts.Count];
        for (int i = 0; i < encodings.Length; i++)
        {
            ended.ThrowIfCancellationRequested();
            encodings[i] = Tokenizer.Encode(texts[i].Text, texts[i].Pair, limits);
        }

        return new EncodedTexts(encodings);
    }

    private int? LengthLimit(CallOptions? options)
    {
        if (options?.MaxLength is not int most)
        {
            return null;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1, nameof(CallOptions.MaxLength));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(most, MaxSequenceLength, nameof(CallOptions.MaxLength));
        return most;
    }

    private float[] Outputs(EncodedTexts texts, bool isPerToken, CallOptions? options, CancellationToken cancellation)
    {
        float[] outputs = new float[checked((isPerToken ? texts.TokenCount : texts.Lengths.Length) * Spec.OutputCount)];
        Run(texts.Ids, texts.Types, texts.Lengths, outputs, options, cancellation);
        return outputs;
    }

    private void RequireHead(BertHead head, string method) => RequireHead(Spec.Head == head, method, $"the head {head}");
}
