using System.Text.Encodings.Web;
using System.Text.Json;
using QuantGen.Files;

namespace QuantGen.Training.Evaluation;

/// <summary>What a model answers to the questions of a file, and what that is worth.</summary>
/// <param name="Score">F1 and exact match, in percent.</param>
/// <param name="Answers">The answer to each question, by its id, in the file's order; empty for "no answer".</param>
/// <param name="WindowCount">How many windows over contexts were computed.</param>
public sealed record AnswerEvaluation(ModelScore Score, IReadOnlyList<KeyValuePair<string, string>> Answers, int WindowCount)
{
    private static readonly JsonWriterOptions s_json = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the answers in the JSON that the official SQuAD scripts read.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveAnswers(string path) => AtomicFile.Write(path, stream =>
    {
        using var json = new Utf8JsonWriter(stream, s_json);
        json.WriteStartObject();
        foreach ((string id, string answer) in Answers)
        {
            json.WriteString(id, answer);
        }

        json.WriteEndObject();
    });
}
