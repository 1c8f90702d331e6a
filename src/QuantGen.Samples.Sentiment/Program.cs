using System.Diagnostics;
using System.Globalization;
using QuantGen.Samples.Sentiment;
using QuantGen.Tasks;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
byte[] file = EmbeddedModel.Read("sentiment.qg.safetensors");
using ReviewSentiment model = ReviewSentiment.Load(file);

// The first call compiles the kernels for this processor; what is timed below is what every later call takes.
model.Classify("warm up");
Console.WriteLine($"{file.Length:N0} bytes of model, {model.Session.InstructionSet} kernels");
foreach (string sentence in args.Length > 0 ? [string.Join(' ', args)] : StandardInput.Lines())
{
    long start = Stopwatch.GetTimestamp();
    Prediction prediction = model.Classify(sentence);
    double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    Console.WriteLine($"{prediction.Label}  {prediction.Probability:P1}  {milliseconds,6:F2} ms  {sentence}");
}
