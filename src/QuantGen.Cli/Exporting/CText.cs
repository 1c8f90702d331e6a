using System.Globalization;
using System.Reflection;

namespace QuantGen.Cli.Exporting;

/// <summary>Pieces of C: names, arrays, and the text of functions that every model has.</summary>
internal static class CText
{
    private const int LineLength = 120;

    /// <summary>Makes a C name of a tensor's or place's name.</summary>
    public static string Name(string canonical) => canonical.Replace('.', '_');

    /// <summary>Writes an array of constants, as many a line as fit.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="type">The type of an element.</param>
    /// <param name="name">The array's name.</param>
    /// <param name="values">The elements.</param>
    public static void Array<T>(TextWriter to, string type, string name, IEnumerable<T> values)
        where T : IFormattable
    {
        to.Write($"static const {type} {name}[] = {{\n    ");
        int column = 4;
        foreach (T value in values)
        {
            string text = value.ToString(null, CultureInfo.InvariantCulture) + ",";
            if (column + text.Length > LineLength)
            {
                to.Write("\n    ");
                column = 4;
            }

            to.Write(text);
            column += text.Length;
        }

        to.Write("\n};\n");
    }

    /// <summary>Reads a file of C functions that is part of this assembly.</summary>
    /// <param name="name">Its name.</param>
    public static string Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("exporting/" + name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    /// <summary>Reads the functions of a file that stand under a comment that is their name.</summary>
    /// <param name="name">The file.</param>
    /// <param name="section">The name.</param>
    public static string Section(string name, string section)
    {
        string text = Resource(name);
        string mark = $"/* {section} */\n";
        int start = text.IndexOf(mark, StringComparison.Ordinal) + mark.Length;
        int end = text.IndexOf("\n/* ", start, StringComparison.Ordinal);
        return end < 0 ? text[start..] : text[start..end];
    }
}
