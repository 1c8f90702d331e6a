using QuantGen.Packed;
using QuantGen.TestModels;

namespace QuantGen.Extensions.AI.Tests;

/// <summary>Packed files with random weights, the same for the same class.</summary>
internal static class PackedFile
{
    /// <summary>Makes the bytes of a file.</summary>
    public static byte[] Of<TModel>()
        where TModel : IQuantizedModel<TModel>
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("quantgen-").FullName, "model.qg.safetensors");
        try
        {
            using PackedModel weights = RandomWeights.For(TModel.Spec, seed: 1);
            weights.Save(path);
            return File.ReadAllBytes(path);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    /// <summary>Makes a text of some words of the vocabulary, the same for the same number.</summary>
    public static string Text(int number)
    {
        var random = new Random(number);
        return string.Join(' ', Enumerable.Range(0, random.Next(1, 20)).Select(_ => $"word{random.Next(26)}"));
    }
}
