using System.Text;

namespace QuantGen.Specs;

/// <summary>The names of enum members in JSON files and on the command line: <c>PerToken</c> is <c>per_token</c>.</summary>
public static class SpecNames
{
    /// <summary>Gets the name of a member.</summary>
    /// <typeparam name="T">An enum.</typeparam>
    /// <param name="value">A defined member.</param>
    public static string Of<T>(T value)
        where T : struct, Enum
    {
        var name = new StringBuilder();
        foreach (char c in value.ToString()!)
        {
            if (char.IsUpper(c) && name.Length > 0)
            {
                name.Append('_');
            }

            name.Append(char.ToLowerInvariant(c));
        }

        return name.ToString();
    }

    /// <summary>Finds the member with a name.</summary>
    /// <typeparam name="T">An enum.</typeparam>
    /// <param name="name">A name as <see cref="Of{T}"/> gives it.</param>
    /// <param name="value">The member.</param>
    /// <returns>Whether there is one.</returns>
    public static bool TryParse<T>(string name, out T value)
        where T : struct, Enum
    {
        foreach (T member in Members<T>())
        {
            if (Of(member) == name)
            {
                value = member;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>Lists the names of an enum for a message.</summary>
    /// <typeparam name="T">An enum.</typeparam>
    public static string Choices<T>()
        where T : struct, Enum => string.Join(" or ", Members<T>().Select(m => "'" + Of(m) + "'"));

    // Ahead of time only the generic form can be compiled, which the generator's own runtime does not have.
    private static T[] Members<T>()
        where T : struct, Enum =>
#if NET
        Enum.GetValues<T>();
#else
        (T[])Enum.GetValues(typeof(T));
#endif
}
