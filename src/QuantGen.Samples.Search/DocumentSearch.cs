using System.Text;
using QuantGen.Tasks;
using QuantGen.Vectors;

namespace QuantGen.Samples.Search;

/// <summary>Searches a document by meaning. Any number of threads may ask.</summary>
public sealed class DocumentSearch : IDisposable
{
    private readonly MiniLm _model;
    private readonly Int8Vectors _vectors;

    private DocumentSearch(MiniLm model, IReadOnlyList<Passage> passages)
    {
        _model = model;
        Passages = passages;
        _vectors = new Int8Vectors(model.Embed([.. passages.Select(passage => new TextInput(passage.Heading + ": " + passage.Text))]));
    }

    /// <summary>Gets what is searched.</summary>
    public IReadOnlyList<Passage> Passages { get; }

    /// <summary>Loads the model and the document that are part of this assembly, this repository's README.</summary>
    public static DocumentSearch OfThisRepository() => new(
        MiniLm.Load(Resources.Read("minilm.qg.safetensors")), Passage.Split(Encoding.UTF8.GetString(Resources.Read("README.md"))));

    /// <summary>Finds the passages that are nearest to a question.</summary>
    /// <param name="question">The question, or any text.</param>
    /// <param name="top">How many.</param>
    /// <returns>The passages with their cosines, the nearest first.</returns>
    public IReadOnlyList<(Passage Passage, float Score)> Find(string question, int top) =>
        [.. _vectors.Search(_model.Embed(question), top).Select(hit => (Passages[hit.Index], hit.Score))];

    /// <summary>Frees the model.</summary>
    public void Dispose() => _model.Dispose();
}
