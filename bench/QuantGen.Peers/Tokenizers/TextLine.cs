namespace QuantGen.Peers.Tokenizers;

/// <summary>A line of a file.</summary>
/// <param name="Number">Its number in the file, from 1.</param>
/// <param name="Text">Its text.</param>
internal sealed record TextLine(int Number, string Text)
{
    /// <summary>Reads the lines of a file that are not empty; of a table only the first column is text.</summary>
    /// <exception cref="InvalidDataException">There are none.</exception>
    public static IReadOnlyList<TextLine> Read(string path)
    {
        TextLine[] lines = [.. File.ReadLines(path).Select((line, i) => new TextLine(i + 1, line.Split('\t')[0])).Where(line => line.Text.Length > 0)];
        return lines.Length > 0 ? lines : throw new InvalidDataException($"{path}: there is no text");
    }
}
