using System.Text.Json;
using QuantGen.Checkpoints;
using QuantGen.Quantization;

namespace QuantGen.Training.PostTraining;

/// <summary>How codes and tensors that were found stand in a file that the work is continued from.</summary>
internal static class KeptCodes
{
    private const string GroupingsKey = "groupings";
    private const string Codes = "codes:";
    private const string Scales = "scales:";
    private const string ZeroPoints = "zero points:";

    /// <summary>Adds codes.</summary>
    public static void AddTo(SafetensorsWriter writer, IReadOnlyDictionary<string, QuantizedMatrix> codes)
    {
        writer.AddMetadata(GroupingsKey, JsonSerializer.Serialize(codes.ToDictionary(pair => pair.Key, pair => CodeGrouping.Of(pair.Value))));
        foreach ((string name, QuantizedMatrix matrix) in codes)
        {
            writer.AddBytes(Codes + name, [matrix.Rows, matrix.Columns], matrix.Codes);
            writer.AddFloats(Scales + name, [matrix.Scales.Length], matrix.Scales);
            if (matrix.ZeroPoints is byte[] zeroPoints)
            {
                writer.AddBytes(ZeroPoints + name, [zeroPoints.Length], zeroPoints);
            }
        }
    }

    /// <summary>Reads all codes of a file, by the matrix's name.</summary>
    /// <exception cref="ModelFormatException">They are not what they should be.</exception>
    public static Dictionary<string, QuantizedMatrix> Read(SafetensorsFile file)
    {
        var codes = new Dictionary<string, QuantizedMatrix>(StringComparer.Ordinal);
        foreach ((string name, CodeGrouping grouping) in StateFile.Read<Dictionary<string, CodeGrouping>>(file, GroupingsKey))
        {
            byte[]? zeroPoints = file.TryGet(ZeroPoints + name, out _) ? Bytes(file, ZeroPoints + name) : null;
            codes.Add(name, Matrix(file, name, grouping, zeroPoints));
        }

        return codes;
    }

    /// <summary>Adds tensors of floats whose names begin alike.</summary>
    public static void AddFloats(SafetensorsWriter writer, string start, IReadOnlyDictionary<string, float[]> tensors)
    {
        foreach ((string name, float[] values) in tensors)
        {
            writer.AddFloats(start + name, [values.Length], values);
        }
    }

    /// <summary>Reads all tensors of floats whose names begin alike, by the rest of their names.</summary>
    public static Dictionary<string, float[]> ReadFloats(SafetensorsFile file, string start) => file.Tensors
        .Where(tensor => tensor.Name.StartsWith(start, StringComparison.Ordinal))
        .ToDictionary(tensor => tensor.Name[start.Length..], tensor => Floats(file, tensor.Name), StringComparer.Ordinal);

    private static QuantizedMatrix Matrix(SafetensorsFile file, string name, CodeGrouping grouping, byte[]? zeroPoints)
    {
        try
        {
            return new QuantizedMatrix(
                new MatrixGrouping(grouping.Rows, grouping.Columns, grouping.Groups, grouping.GroupSize), grouping.Bits, Bytes(file, Codes + name),
                Floats(file, Scales + name), zeroPoints);
        }
        catch (ArgumentException error)
        {
            throw new ModelFormatException(file.Name, $"codes of '{name}'", "codes, scales and zero points of one matrix", error.Message, error);
        }
    }

    private static byte[] Bytes(SafetensorsFile file, string name) => file.Bytes(Find(file, name)).ToArray();

    private static float[] Floats(SafetensorsFile file, string name)
    {
        SafetensorsTensor tensor = Find(file, name);
        float[] values = new float[tensor.ElementCount];
        file.ReadFloats(tensor, values);
        return values;
    }

    private static SafetensorsTensor Find(SafetensorsFile file, string name) =>
        file.TryGet(name, out SafetensorsTensor? tensor) ? tensor : throw new ModelFormatException(file.Name, $"tensor '{name}'", "a tensor", "none");

    private sealed record CodeGrouping(int Rows, int Columns, int Groups, int GroupSize, int[] Bits)
    {
        public static CodeGrouping Of(QuantizedMatrix matrix) =>
            new(matrix.Rows, matrix.Columns, matrix.Grouping.GroupCount, matrix.Grouping.GroupSize, [.. matrix.GroupBits]);
    }
}
