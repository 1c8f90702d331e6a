namespace QuantGen;

/// <summary>Reports that a model file, a checkpoint, a vocabulary or a configuration is not what it should be.</summary>
/// <remarks>The message names the file, the place in it (tensor, line or key), what was expected and what was found.</remarks>
public sealed class ModelFormatException : Exception
{
    /// <summary>Creates the exception from its four facts.</summary>
    /// <param name="file">The file, as the caller named it.</param>
    /// <param name="place">The tensor, key or line inside the file; empty when the whole file is meant.</param>
    /// <param name="expected">What a valid file has there.</param>
    /// <param name="found">What this file has there.</param>
    /// <param name="innerException">The lower-level cause, if there is one.</param>
    public ModelFormatException(string file, string place, string expected, string found, Exception? innerException = null)
        : base(Describe(file, place, expected, found), innerException)
    {
        File = file;
        Place = place;
        Expected = expected;
        Found = found;
    }

    /// <summary>Gets the file the defect is in.</summary>
    public string File { get; }

    /// <summary>Gets the tensor, key or line the defect is at; empty when the whole file is meant.</summary>
    public string Place { get; }

    /// <summary>Gets what a valid file has at that place.</summary>
    public string Expected { get; }

    /// <summary>Gets what this file has at that place.</summary>
    public string Found { get; }

    private static string Describe(string file, string place, string expected, string found)
    {
        string where = place.Length == 0 ? file : $"{file}: {place}";
        return $"{where}: expected {expected}, found {found}";
    }
}
