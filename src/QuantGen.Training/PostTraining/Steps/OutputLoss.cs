using System.Runtime.InteropServices;
using QuantGen.Execution;
using QuantGen.Quantization;
using QuantGen.Sentences;
using QuantGen.Training.Evaluation;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>How far the model that is made is from the full-precision one, by its outputs on the calibration texts.</summary>
/// <remarks>
/// Outputs are logits, the vectors of a sentence encoder, or where words are predicted, the hidden states these come from. The model that is made really runs:
/// what is compared is what its users will get.
/// </remarks>
internal sealed class OutputLoss
{
    private readonly Func<IReadOnlyDictionary<string, IReadOnlyList<QuantizationParameters>>, InferenceSession> _load;
    private readonly IReadOnlyList<RowBatch> _batches;
    private readonly SentenceHead? _sentence;
    private readonly float[][] _expected;

    /// <summary>Runs the full-precision model.</summary>
    /// <param name="state">Texts, model and codes, which must not change any more.</param>
    /// <param name="cancellation">Stops the work between two batches.</param>
    public OutputLoss(RecipeState state, CancellationToken cancellation)
    {
        _load = state.RoundedLoader(cancellation);
        _batches = state.Batches(cancellation);
        _sentence = state.Sentence;
        using InferenceSession reference = state.LoadReference(cancellation);
        _expected = [.. _batches.Select(batch => Outputs(reference, batch, cancellation))];
    }

    /// <summary>Computes the mean squared difference of outputs.</summary>
    /// <param name="ranges">The ranges of activations that the model stores.</param>
    /// <param name="cancellation">Stops the work between two batches.</param>
    public double Of(IReadOnlyDictionary<string, IReadOnlyList<QuantizationParameters>> ranges, CancellationToken cancellation)
    {
        using InferenceSession session = _load(ranges);
        double sum = 0;
        long count = 0;
        for (int i = 0; i < _expected.Length; i++)
        {
            float[] outputs = Outputs(session, _batches[i], cancellation);
            count += outputs.Length;
            for (int j = 0; j < outputs.Length; j++)
            {
                double difference = (double)outputs[j] - _expected[i][j];
                sum += difference * difference;
            }
        }

        return sum / count;
    }

    private float[] Outputs(InferenceSession session, RowBatch batch, CancellationToken cancellation)
    {
        ReadOnlySpan<int> ids = CollectionsMarshal.AsSpan(batch.Ids);
        ReadOnlySpan<byte> types = CollectionsMarshal.AsSpan(batch.Types);
        ReadOnlySpan<int> lengths = CollectionsMarshal.AsSpan(batch.Lengths);
        if (session.Spec.HasOutputLayer)
        {
            bool isPerToken = session.Spec.Head is BertHead.TokenClassification or BertHead.QuestionAnswering;
            float[] outputs = new float[(isPerToken ? ids.Length : lengths.Length) * session.Spec.OutputCount];
            session.Run(ids, types, lengths, outputs, cancellation: cancellation);
            return outputs;
        }

        int width = session.Spec.Dimensions.HiddenSize;
        float[] hidden = new float[ids.Length * width];
        session.RunHidden(ids, types, lengths, hidden, cancellation: cancellation);
        return _sentence is null ? hidden : Vectors(hidden, lengths, width);
    }

    private float[] Vectors(float[] hidden, ReadOnlySpan<int> lengths, int width)
    {
        var vectors = new List<float>(lengths.Length * _sentence!.Width);
        int start = 0;
        foreach (int length in lengths)
        {
            vectors.AddRange(_sentence.Vector(hidden.AsSpan(start * width, length * width), skipped: 0));
            start += length;
        }

        return [.. vectors];
    }
}
