using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace QuantGen.Samples.Search;

/// <summary>Vectors of a document on disk: a hash of the model and the document that they belong to, then one float after the other.</summary>
/// <param name="model">The packed model.</param>
/// <param name="document">The document.</param>
internal sealed class VectorFile(byte[] model, byte[] document)
{
    private const int Dimensions = 384;

    public void Write(string path, IReadOnlyList<float[]> vectors)
    {
        using FileStream stream = File.Create(path);
        stream.Write(Owner());
        foreach (float[] vector in vectors)
        {
            stream.Write(MemoryMarshal.AsBytes<float>(vector));
        }
    }

    /// <summary>Reads the vectors; null where the file is absent or belongs to another model or document.</summary>
    public IReadOnlyList<float[]>? Read(string path, int count)
    {
        byte[] owner = Owner();
        byte[] bytes = File.Exists(path) ? File.ReadAllBytes(path) : [];
        if (bytes.Length != owner.Length + (count * Dimensions * sizeof(float)) || !bytes.AsSpan().StartsWith(owner))
        {
            return null;
        }

        ReadOnlySpan<float> floats = MemoryMarshal.Cast<byte, float>(bytes.AsSpan(owner.Length));
        float[][] vectors = new float[count][];
        for (int i = 0; i < count; i++)
        {
            vectors[i] = floats.Slice(i * Dimensions, Dimensions).ToArray();
        }

        return vectors;
    }

    private byte[] Owner()
    {
        var hash = new XxHash128();
        hash.Append(model);
        hash.Append(document);
        return hash.GetCurrentHash();
    }
}
