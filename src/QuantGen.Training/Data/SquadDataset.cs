using System.Text.Json;
using System.Text.Unicode;

namespace QuantGen.Training.Data;

/// <summary>A file of questions about paragraphs, in the JSON of SQuAD 1.1 or 2.0.</summary>
/// <remarks>
/// <c>data[].paragraphs[]</c> holds <c>context</c> and <c>qas[]</c>; a question holds <c>id</c>, <c>question</c>, <c>answers[]</c> with <c>text</c> and
/// <c>answer_start</c>, and in version 2.0 <c>is_impossible</c>. Other keys are left alone. Every answer must stand in its context where it says.
/// </remarks>
public sealed class SquadDataset
{
    private SquadDataset(string file, IReadOnlyList<SquadQuestion> questions, bool hasUnanswerable)
    {
        File = file;
        Questions = questions;
        HasUnanswerable = hasUnanswerable;
    }

    /// <summary>Gets the file's name as it was given.</summary>
    public string File { get; }

    /// <summary>Gets the questions in the file's order.</summary>
    public IReadOnlyList<SquadQuestion> Questions { get; }

    /// <summary>Gets whether a question says <c>is_impossible</c>, true or false, as all do in version 2.0.</summary>
    public bool HasUnanswerable { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file; messages name it as it is given here.</param>
    /// <param name="needsAnswers">Whether questions must have their answers; otherwise these are left alone.</param>
    /// <exception cref="DataFormatException">The file is not as described; the message says where, what was expected and what was found.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SquadDataset Load(string path, bool needsAnswers = true) => Parse(System.IO.File.ReadAllBytes(path), path, needsAnswers);

    /// <summary>Reads a file's bytes.</summary>
    /// <param name="content">All bytes of the file.</param>
    /// <param name="file">The name that messages give the file.</param>
    /// <param name="needsAnswers">Whether questions must have their answers.</param>
    internal static SquadDataset Parse(ReadOnlyMemory<byte> content, string file, bool needsAnswers = true)
    {
        content = content[^TextLines.WithoutMark(content.Span, file).Length..];

        if (content.IsEmpty)
        {
            throw new DataFormatException(file, 0, "a JSON object", "an empty file");
        }

        if (!Utf8.IsValid(content.Span))
        {
            throw new DataFormatException(file, 0, "UTF-8 text", "bytes that are not UTF-8");
        }

        using JsonDocument document = ParseJson(content, file);
        var reader = new SquadReader(file, needsAnswers);
        reader.Read(document.RootElement);
        return new SquadDataset(file, reader.Questions, reader.SaysImpossible);
    }

    private static JsonDocument ParseJson(ReadOnlyMemory<byte> content, string file)
    {
        try
        {
            return JsonDocument.Parse(content, new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException error)
        {
            string reason = error.Message.Split(" LineNumber:")[0];
            throw new DataFormatException(file, (int)(error.LineNumber ?? -1) + 1, "JSON", FoundText.Quote(reason, 120));
        }
        catch (InvalidOperationException)
        {
            // Thrown when a key to be compared with the others escapes half a surrogate pair.
            throw new DataFormatException(file, 0, "JSON", "half of a surrogate pair in a key");
        }
    }
}
