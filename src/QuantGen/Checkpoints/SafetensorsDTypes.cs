using System.Text.Json;

namespace QuantGen.Checkpoints;

/// <summary>The header spelling and the element size of every element type.</summary>
internal static class SafetensorsDTypes
{
    // In the order of the enum, which sorts by size.
    private static readonly (string Name, int Size)[] s_all =
    [
        ("BOOL", 1), ("U8", 1), ("I8", 1), ("F8_E5M2", 1), ("F8_E4M3", 1),
        ("I16", 2), ("U16", 2), ("F16", 2), ("BF16", 2),
        ("I32", 4), ("U32", 4), ("F32", 4),
        ("F64", 8), ("I64", 8), ("U64", 8),
    ];

    /// <summary>Returns the name a header uses.</summary>
    public static string Name(this SafetensorsDType dtype) => s_all[(int)dtype].Name;

    /// <summary>Returns the bytes of one element.</summary>
    public static int Size(this SafetensorsDType dtype) => s_all[(int)dtype].Size;

    /// <summary>Finds the type named by the string a JSON reader stands on, or says that there is none.</summary>
    public static bool TryParse(in Utf8JsonReader reader, out SafetensorsDType dtype)
    {
        for (int i = 0; i < s_all.Length; i++)
        {
            if (reader.ValueTextEquals(s_all[i].Name))
            {
                dtype = (SafetensorsDType)i;
                return true;
            }
        }

        dtype = default;
        return false;
    }
}
