using QuantGen.Tasks;
using QuantGen.Tokenization;

namespace QuantGen.Execution;

/// <content>Outputs of texts that are longer than the model takes.</content>
public sealed partial class InferenceSession
{
    // The outputs of classes or of a regression, a row for each text.
    private float[] RowOutputs(IReadOnlyList<TextInput> texts, CallOptions? options, CancellationToken cancellation)
    {
        if (options?.Windows is not WindowPooling pooling)
        {
            return Outputs(Encode(texts, options, cancellation), isPerToken: false, options, cancellation);
        }

        ArgumentNullException.ThrowIfNull(texts);
        int length = LengthLimit(options) ?? MaxSequenceLength;
        IReadOnlyList<EncodedText>[] windows = [.. texts.Select(text => TokenWindows.Of(Tokenizer, text, length))];
        float[] outputs = Outputs(new EncodedTexts([.. windows.SelectMany(items => items)]), isPerToken: false, options, cancellation);
        int width = Spec.OutputCount;
        float[] pooled = new float[texts.Count * width];
        int row = 0;
        for (int i = 0; i < windows.Length; i++)
        {
            int count = windows[i].Count;
            for (int k = 0; k < width; k++)
            {
                IEnumerable<float> values = Enumerable.Range(row, count).Select(window => outputs[(window * width) + k]);
                pooled[(i * width) + k] = pooling == WindowPooling.Max ? values.Max() : values.Average();
            }

            row += count;
        }

        return pooled;
    }
}
