using Microsoft.CodeAnalysis;

namespace QuantGen.Generators.Parsing;

/// <summary>Reads an attribute's arguments; whatever cannot be read is an issue, never an exception.</summary>
internal sealed class AttributeValues(AttributeData attribute, ICollection<SpecIssue> issues)
{
    /// <summary>Gets a constructor argument.</summary>
    public int Argument(int index, int absent) =>
        index < attribute.ConstructorArguments.Length && Scalar(attribute.ConstructorArguments[index]) is int value ? value : absent;

    /// <summary>Gets a value that is no list. Code that does not compile yet can have a list anywhere, and asking a list for its value throws.</summary>
    public static object? Scalar(TypedConstant? constant) => constant is { Kind: not TypedConstantKind.Array } value ? value.Value : null;

    /// <summary>Gets a number; null when it is not set.</summary>
    public int? Integer(string name) => Scalar(Find(name)) is int value ? value : null;

    /// <summary>Gets whether a switch is set.</summary>
    public bool Flag(string name) => Scalar(Find(name)) is true;

    /// <summary>Gets a text; null when it is not set or null.</summary>
    public string? Text(string name) => Scalar(Find(name)) is string value ? value : null;

    /// <summary>Gets a list of texts; null when it is not set or null.</summary>
    public string[]? Texts(string name)
    {
        if (Find(name) is not { Kind: TypedConstantKind.Array, IsNull: false } array)
        {
            return null;
        }

        string?[] texts = array.Values.Select(v => Scalar(v) as string).ToArray();
        if (texts.Any(string.IsNullOrEmpty) || texts.Distinct(StringComparer.Ordinal).Count() != texts.Length)
        {
            issues.Add(new SpecIssue("QG1113", $"{name} must be distinct texts that are not empty", Property: name));
        }

        return texts.Select(t => t ?? string.Empty).ToArray();
    }

    /// <summary>Gets an enum member; null when it is not set. A number without a member is an issue.</summary>
    public T? Enum<T>(string name)
        where T : struct
    {
        if (Scalar(Find(name)) is not int value)
        {
            return null;
        }

        if (!System.Enum.IsDefined(typeof(T), value))
        {
            string legal = string.Join(", ", System.Enum.GetNames(typeof(T)));
            issues.Add(new SpecIssue("QG1112", $"{name} is {value}, which is no member of {typeof(T).Name}; use {legal}", Property: name));
            return null;
        }

        return (T)(object)value;
    }

    private TypedConstant? Find(string name)
    {
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            if (argument.Key == name)
            {
                return argument.Value;
            }
        }

        return null;
    }
}
