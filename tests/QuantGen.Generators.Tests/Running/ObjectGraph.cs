using System.Collections;
using System.Reflection;
using Microsoft.CodeAnalysis;

namespace QuantGen.Generators.Tests.Running;

/// <summary>Walks what a step holds on to: a symbol, a node or a location would keep a whole compilation alive and break caching.</summary>
internal static class ObjectGraph
{
    public static void AssertFreeOfCompilerObjects(IEnumerable<object> roots)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (object root in roots)
        {
            Visit(root, root.GetType().Name, seen);
        }
    }

    private static void Visit(object? value, string path, HashSet<object> seen)
    {
        if (value is null or string || value.GetType().IsPrimitive || value.GetType().IsEnum || !seen.Add(value))
        {
            return;
        }

        Assert.False(
            value is ISymbol or SyntaxNode or SyntaxToken or SyntaxTree or Compilation or SemanticModel or Location or AttributeData or AdditionalText,
            $"{path} is a {value.GetType().Name}");
        if (value is IEnumerable items)
        {
            foreach (object? item in items)
            {
                Visit(item, path + "[]", seen);
            }
        }

        foreach (FieldInfo field in value.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            Visit(field.GetValue(value), path + "." + field.Name, seen);
        }
    }
}
