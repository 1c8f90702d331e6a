using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices.JavaScript;
using System.Runtime.Versioning;
using QuantGen.Samples.Sentiment;
using QuantGen.Tasks;

namespace QuantGen.Samples.Browser;

/// <summary>What the page calls: the model of <c>QuantGen.Samples.Sentiment</c> in the browser, where no text leaves the machine.</summary>
[SupportedOSPlatform("browser")]
internal static partial class Reviews
{
    private static readonly ReviewSentiment s_model = ReviewSentiment.Load(EmbeddedModel.Read("sentiment.qg.safetensors"));

    private static void Main()
    {
        // The page calls Classify; the runtime wants an entry point.
    }

    /// <summary>Classifies a review.</summary>
    /// <param name="text">The review.</param>
    /// <returns>Label, probability with all its digits, and milliseconds, with spaces between.</returns>
    [JSExport]
    internal static string Classify(string text)
    {
        long start = Stopwatch.GetTimestamp();
        Prediction prediction = s_model.Classify(text);
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return string.Create(CultureInfo.InvariantCulture, $"{prediction.Label} {prediction.Probability:R} {milliseconds:0}");
    }
}
