using System.Text;

namespace QuantGen.Generators.Emission;

/// <summary>Writes indented text with block scopes. Lines end in LF on every platform, so that equal specs give equal bytes.</summary>
internal sealed class SourceWriter
{
    private const int IndentSize = 4;
    private readonly StringBuilder _text = new();
    private int _indent;
    private bool _isContinued;

    /// <summary>Writes one or more lines at the current indentation; calls that are too long for a line go on in the next.</summary>
    public void Lines(string text)
    {
        foreach (string line in text.Replace("\r\n", "\n").Split('\n'))
        {
            if (line.Length > 0)
            {
                int indent = line[0] == '#' ? 0 : _indent * IndentSize;
                foreach (string part in LineBreaks.Of(line, indent, _isContinued))
                {
                    _text.Append(' ', indent).Append(part).Append('\n');
                }

                _isContinued = line[line.Length - 1] is ',' or '(';
            }
            else
            {
                _text.Append('\n');
            }
        }
    }

    /// <summary>Writes an empty line.</summary>
    public void Blank() => _text.Append('\n');

    /// <summary>Writes a header, if there is one, and an opening brace; the scope's end writes the closing one.</summary>
    public Scope Block(string? header, string end = "}")
    {
        if (header is not null)
        {
            Lines(header);
        }

        Lines("{");
        _indent++;
        return new Scope(this, end);
    }

    /// <summary>Indents what follows without braces.</summary>
    public Scope Indented()
    {
        _indent++;
        return new Scope(this, null);
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    /// <summary>Ends a block when disposed.</summary>
    public readonly struct Scope(SourceWriter writer, string? end) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose()
        {
            writer._indent--;
            if (end is not null)
            {
                writer.Lines(end);
            }
        }
    }
}
