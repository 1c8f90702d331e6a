using System.Text;
using QuantGen.Tasks;
using QuantGen.Vectors;

namespace QuantGen.Samples.Search;

/// <summary>Searches a document by meaning. Any number of threads may ask.</summary>
public sealed class DocumentSearch : IDisposable
{
    private readonly MiniLm _model;
    private readonly Int8Vectors _index;

    private DocumentSearch(MiniLm model, IReadOnlyList<Passage> passages, IReadOnlyList<float[]> vectors)
    {
        _model = model;
        Passages = passages;
        Vectors = vectors;
        _index = new Int8Vectors(vectors);
    }

    /// <summary>Gets what is searched.</summary>
    public IReadOnlyList<Passage> Passages { get; }

    /// <summary>Gets the vectors of the passages.</summary>
    public IReadOnlyList<float[]> Vectors { get; }

    /// <summary>Loads the model and the document that are part of this assembly, this repository's README.</summary>
    /// <param name="vectors">A file with the vectors of the passages, which the build made; computed where it is absent or of something else.</param>
    public static DocumentSearch OfThisRepository(string? vectors = null)
    {
        (byte[] packed, byte[] readme) = (Resources.Read("minilm.qg.safetensors"), Resources.Read("README.md"));
        IReadOnlyList<Passage> passages = Passage.Split(Encoding.UTF8.GetString(readme));
        MiniLm model = MiniLm.Load(packed);
        var file = new VectorFile(packed, readme);
        return new DocumentSearch(model, passages, (vectors is null ? null : file.Read(vectors, passages.Count)) ?? Embed(model, passages));
    }

    /// <summary>Writes the vectors of the passages to a file, which saves the next start computing them.</summary>
    /// <param name="path">The file.</param>
    public void Save(string path) => new VectorFile(Resources.Read("minilm.qg.safetensors"), Resources.Read("README.md")).Write(path, Vectors);

    /// <summary>Loads the model that is part of this assembly.</summary>
    /// <param name="threads">The most threads of a call.</param>
    public static MiniLm LoadModel(int threads) => MiniLm.Load(Resources.Read("minilm.qg.safetensors"), new LoadOptions { Threads = threads });

    /// <summary>Finds the passages that are nearest to a question.</summary>
    /// <param name="question">The question, or any text.</param>
    /// <param name="top">How many.</param>
    /// <returns>The passages with their cosines, the nearest first.</returns>
    public IReadOnlyList<(Passage Passage, float Score)> Find(string question, int top) =>
        [.. _index.Search(_model.Embed(question), top).Select(hit => (Passages[hit.Index], hit.Score))];

    /// <summary>Frees the model.</summary>
    public void Dispose() => _model.Dispose();

    private static IReadOnlyList<float[]> Embed(MiniLm model, IReadOnlyList<Passage> passages) =>
        model.Embed([.. passages.Select(passage => new TextInput(passage.Heading + ": " + passage.Text))]);
}
