namespace QuantGen.Generators.Emission;

/// <summary>A member of the emitted class that hands a call to the session's member of that name.</summary>
/// <param name="Type">What it returns, as C# writes it.</param>
/// <param name="Name">Its name.</param>
/// <param name="Summary">Its documentation.</param>
/// <param name="Parameters">A method's parameters; none for a property.</param>
internal sealed record SurfaceMember(string Type, string Name, string Summary, params SurfaceParameter[] Parameters)
{
    // A longer signature has a line per parameter.
    private const int LongestSignature = 140;

    public void Emit(SourceWriter w)
    {
        w.Lines($"/// <summary>{Summary}</summary>");
        if (Parameters.Length == 0)
        {
            w.Lines($"public {Type} {Name} => _session.{Name};");
            return;
        }

        w.Lines(string.Join("\n", Parameters.Select(p => $"""/// <param name="{p.Name}">{p.Documentation}</param>""")));
        string[] declarations = Parameters.Select(p => $"{p.Type} {p.Name}{(p.Default is null ? string.Empty : " = " + p.Default)}").ToArray();
        string signature = $"public {Type} {Name}({string.Join(", ", declarations)}) =>";
        w.Lines(signature.Length <= LongestSignature ? signature : $"public {Type} {Name}(\n    {string.Join(",\n    ", declarations)}) =>");
        w.Lines($"    _session.{Name}({string.Join(", ", Parameters.Select(p => p.Name))});");
    }
}

/// <summary>A parameter of a <see cref="SurfaceMember"/>.</summary>
/// <param name="Type">Its type, as C# writes it.</param>
/// <param name="Name">Its name.</param>
/// <param name="Documentation">What it is for.</param>
/// <param name="Default">Its default; null for none.</param>
internal sealed record SurfaceParameter(string Type, string Name, string Documentation, string? Default = null);
