using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using QuantGen.Files;

namespace QuantGen.Training.Evaluation;

/// <summary>The outputs of a model for every row of a data set, and what they are worth.</summary>
public sealed class EvaluationResult
{
    private readonly Lazy<string> _logitsText;

    internal EvaluationResult(float[] logits, int outputCount, IReadOnlyList<KeyValuePair<string, double>> metrics)
    {
        Logits = logits;
        OutputCount = outputCount;
        Metrics = metrics;
        _logitsText = new Lazy<string>(WriteLogits);
    }

    /// <summary>Gets the name of the task's main metric: <c>accuracy</c> or <c>pearson</c>.</summary>
    public string Metric => Metrics[0].Key;

    /// <summary>Gets the main metric.</summary>
    public double Value => Metrics[0].Value;

    /// <summary>Gets all metrics of the task, the main one first.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> Metrics { get; }

    /// <summary>Gets the outputs, <c>[rows, outputs]</c>, in the order of the file.</summary>
    public IReadOnlyList<float> Logits { get; }

    /// <summary>Gets the outputs of a row.</summary>
    public int OutputCount { get; }

    /// <summary>Gets the number of rows.</summary>
    public int RowCount => Logits.Count / OutputCount;

    /// <summary>Gets the outputs as text: a line for each row, columns separated by tabs, nine digits, which is every bit.</summary>
    public string LogitsText => _logitsText.Value;

    /// <summary>Gets the SHA-256 of <see cref="LogitsText"/> in UTF-8, in lower-case hexadecimal.</summary>
    public string LogitsSha256 => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(LogitsText)));

    /// <summary>Writes <see cref="LogitsText"/> to a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveLogits(string path) => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(LogitsText)));

    private string WriteLogits()
    {
        var text = new StringBuilder();
        for (int i = 0; i < Logits.Count; i++)
        {
            text.Append(Logits[i].ToString("G9", CultureInfo.InvariantCulture)).Append((i + 1) % OutputCount == 0 ? '\n' : '\t');
        }

        return text.ToString();
    }
}
