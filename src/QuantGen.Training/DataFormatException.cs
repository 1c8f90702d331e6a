namespace QuantGen.Training;

/// <summary>Reports that a data file is not what it should be, with the file and the line.</summary>
public sealed class DataFormatException : Exception
{
    /// <summary>Creates the exception from its facts.</summary>
    /// <param name="file">The file, as the caller named it.</param>
    /// <param name="line">The line, counted from 1; 0 when the whole file is meant.</param>
    /// <param name="expected">What a valid file has there.</param>
    /// <param name="found">What this file has there.</param>
    public DataFormatException(string file, int line, string expected, string found)
        : base(line > 0 ? $"{file}:{line}: expected {expected}, found {found}" : $"{file}: expected {expected}, found {found}")
    {
        File = file;
        Line = line;
        Expected = expected;
        Found = found;
    }

    /// <summary>Gets the file the defect is in.</summary>
    public string File { get; }

    /// <summary>Gets the line of the defect, counted from 1; 0 when the whole file is meant.</summary>
    public int Line { get; }

    /// <summary>Gets what a valid file has there.</summary>
    public string Expected { get; }

    /// <summary>Gets what this file has there.</summary>
    public string Found { get; }
}
