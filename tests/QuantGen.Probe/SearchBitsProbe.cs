using System.Runtime.InteropServices;
using QuantGen.Specs;
using QuantGen.Samples.Search;
using QuantGen.Tasks;

namespace QuantGen.Probe;

/// <summary>Writes the SHA-256 of the vectors that the search sample's model makes of some texts, of 3 to 40 tokens.</summary>
internal sealed class SearchBitsProbe : IProbe
{
    private const string Sentence = "which of these paragraphs says how fast a model of two bits is on a processor that has neither of the newer "
        + "instruction sets, and what does it cost in accuracy to have it that small";

    /// <inheritdoc/>
    public void Run(string[] arguments)
    {
        string[] words = Sentence.Split(' ');
        using MiniLm model = DocumentSearch.LoadModel(threads: 2);
        IEnumerable<int> counts = Enumerable.Range(1, words.Length).Where(count => count % 3 == 1);
        TextInput[] texts = [.. counts.Select(count => new TextInput(string.Join(' ', words[..count])))];
        float[] vectors = [.. model.Embed(texts).SelectMany(vector => vector)];
        Console.WriteLine(Sha256.Hex(MemoryMarshal.AsBytes<float>(vectors)));
    }
}
