namespace QuantGen.Samples.Sentiment;

/// <summary>Reads the packed model that is part of this assembly: one file to ship.</summary>
internal static class EmbeddedModel
{
    public static byte[] Read(string name)
    {
        using Stream stream = typeof(EmbeddedModel).Assembly.GetManifestResourceStream(name)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
