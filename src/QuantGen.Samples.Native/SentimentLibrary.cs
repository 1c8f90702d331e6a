using System.Runtime.InteropServices;
using System.Text;
using QuantGen.Samples.Sentiment;
using QuantGen.Tasks;

namespace QuantGen.Samples.Native;

/// <summary>What programs of other languages call: the model of <c>QuantGen.Samples.Sentiment</c> as a library of C functions (<c>sentiment.h</c>).</summary>
internal static unsafe class SentimentLibrary
{
    private const int Failed = -1;

    // Loaded by the first call, whichever thread makes it.
    private static readonly Lazy<ReviewSentiment> s_model = new(() => ReviewSentiment.Load(EmbeddedModel.Read("sentiment.qg.safetensors")));

    /// <summary>Classifies a review.</summary>
    /// <param name="text">The review, UTF-8 with a zero at its end.</param>
    /// <param name="probability">Receives the label's probability.</param>
    /// <returns>1 for a positive review, 0 for a negative one, -1 where something went wrong.</returns>
    [UnmanagedCallersOnly(EntryPoint = "sentiment_classify")]
    internal static int Classify(byte* text, double* probability)
    {
        try
        {
            Prediction prediction = s_model.Value.Classify(Marshal.PtrToStringUTF8((nint)text) ?? string.Empty);
            *probability = prediction.Probability;
            return prediction.Label == "POSITIVE" ? 1 : 0;
        }
        catch (Exception exception)
        {
            // An exception may not leave a function that C calls.
            Console.Error.WriteLine($"sentiment: {exception.Message}");
            return Failed;
        }
    }

    /// <summary>Says which kernels run here.</summary>
    /// <param name="name">Receives their name with a zero at its end, cut to fit.</param>
    /// <param name="size">Bytes there.</param>
    [UnmanagedCallersOnly(EntryPoint = "sentiment_kernels")]
    internal static void Kernels(byte* name, int size)
    {
        if (size > 0)
        {
            var target = new Span<byte>(name, size);
            target[Encoding.UTF8.TryGetBytes(s_model.Value.Session.InstructionSet, target[..^1], out int written) ? written : 0] = 0;
        }
    }
}
