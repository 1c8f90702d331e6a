namespace QuantGen.Tests.Tokenization;

/// <summary>A tokenizer folder with one thing wrong in it.</summary>
/// <param name="Name">What is wrong.</param>
/// <param name="Files">The files of the folder, by name.</param>
/// <param name="Mentions">What the message must say.</param>
public sealed record TokenizerDefect(string Name, IReadOnlyDictionary<string, byte[]> Files, string Mentions)
{
    /// <summary>Writes the files to a folder.</summary>
    public void WriteTo(string folder)
    {
        foreach ((string name, byte[] bytes) in Files)
        {
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
        }
    }

    public override string ToString() => Name;
}
