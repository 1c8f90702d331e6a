namespace QuantGen.Samples.Search;

/// <summary>Reads what is part of this assembly: one file to ship.</summary>
internal static class Resources
{
    public static byte[] Read(string name)
    {
        using Stream stream = typeof(Resources).Assembly.GetManifestResourceStream(name)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
