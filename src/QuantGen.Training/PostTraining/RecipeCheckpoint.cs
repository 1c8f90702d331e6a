using System.Text.Json;
using QuantGen.Checkpoints;
using QuantGen.Quantization;
using QuantGen.Training.Batching;
using QuantGen.Training.Evaluation;

namespace QuantGen.Training.PostTraining;

/// <summary>
/// The file from which an interrupted recipe continues: a safetensors file with the codes, ranges and weights that the steps have found so far, and how far
/// they are.
/// </summary>
internal static class RecipeCheckpoint
{
    private const string FormatKey = "quantgen.recipe";
    private const string FormatVersion = "1";
    private const string IdentityKey = "identity";
    private const string PlaceKey = "place";
    private const string GroupingsKey = "groupings";
    private const string RangesKey = "ranges";
    private const string PlanKey = "plan";
    private const string TextsKey = "texts";
    private const string Codes = "codes:";
    private const string Scales = "scales:";
    private const string ZeroPoints = "zero points:";
    private const string Weight = "weight:";
    private const string Original = "original:";
    private const string HandedOn = "handed on:";

    /// <summary>Writes the file; a reader sees the old one or the whole new one.</summary>
    public static void Save(string path, RecipeState state, RecipePlace place, IReadOnlyDictionary<string, string> identity)
    {
        var writer = new SafetensorsWriter();
        writer.AddMetadata(FormatKey, FormatVersion);
        writer.AddMetadata(IdentityKey, JsonSerializer.Serialize(identity));
        writer.AddMetadata(PlaceKey, JsonSerializer.Serialize(place));
        writer.AddMetadata(GroupingsKey, JsonSerializer.Serialize(state.Codes.ToDictionary(pair => pair.Key, pair => CodeGrouping.Of(pair.Value))));
        writer.AddMetadata(RangesKey, JsonSerializer.Serialize(state.Ranges));
        writer.AddMetadata(PlanKey, JsonSerializer.Serialize(new KeptPlan(state.Target.Matrices.ToDictionary(m => m.Name, m => m.Bits), state.Sensitivities)));
        if (state.MadeBatches is not null)
        {
            writer.AddMetadata(TextsKey, JsonSerializer.Serialize(state.MadeBatches.Select(KeptBatch.Of)));
        }

        foreach ((string name, QuantizedMatrix matrix) in state.Codes)
        {
            writer.AddBytes(Codes + name, [matrix.Rows, matrix.Columns], matrix.Codes);
            writer.AddFloats(Scales + name, [matrix.Scales.Length], matrix.Scales);
            if (matrix.ZeroPoints is byte[] zeroPoints)
            {
                writer.AddBytes(ZeroPoints + name, [zeroPoints.Length], zeroPoints);
            }
        }

        foreach ((string name, float[] values) in state.Weights.Replaced)
        {
            writer.AddFloats(Weight + name, [values.Length], values);
        }

        foreach ((string name, float[] values) in state.OriginalWeights.Replaced)
        {
            writer.AddFloats(Original + name, [values.Length], values);
        }

        foreach ((string name, float[] values) in state.HandedOn)
        {
            writer.AddFloats(HandedOn + name, [values.Length], values);
        }

        writer.Save(path);
    }

    /// <summary>Reads the file into a state that is as new.</summary>
    /// <exception cref="ModelFormatException">The file is damaged or belongs to another quantization.</exception>
    public static RecipePlace Load(string path, RecipeState state, IReadOnlyDictionary<string, string> identity)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        StateFile.RequireFormat(file, FormatKey, FormatVersion);
        StateFile.RequireIdentity(path, "quantization", StateFile.Read<Dictionary<string, string>>(file, IdentityKey), identity);
        foreach ((string name, CodeGrouping grouping) in StateFile.Read<Dictionary<string, CodeGrouping>>(file, GroupingsKey))
        {
            byte[]? zeroPoints = file.TryGet(ZeroPoints + name, out _) ? Bytes(file, ZeroPoints + name) : null;
            state.SetCodes(name, Matrix(file, name, grouping, zeroPoints));
        }

        KeptPlan plan = StateFile.Read<KeptPlan>(file, PlanKey);
        state.Plan(plan.Bits, plan.Sensitivities);
        if (file.Metadata.ContainsKey(TextsKey))
        {
            state.SetBatches([.. StateFile.Read<KeptBatch[]>(file, TextsKey).Select(batch => batch.ToBatch())]);
        }

        foreach ((string site, QuantizationParameters[] uses) in StateFile.Read<Dictionary<string, QuantizationParameters[]>>(file, RangesKey))
        {
            state.SetRange(site, uses);
        }

        RecipePlace place = StateFile.Read<RecipePlace>(file, PlaceKey);
        state.BeginStep(place.Parts);
        var original = new WorkingWeights(state.Weights.Checkpoint);
        foreach (SafetensorsTensor tensor in file.Tensors)
        {
            if (tensor.Name.StartsWith(Weight, StringComparison.Ordinal))
            {
                state.Weights.Replace(tensor.Name[Weight.Length..], Floats(file, tensor.Name));
            }
            else if (tensor.Name.StartsWith(Original, StringComparison.Ordinal))
            {
                original.Replace(tensor.Name[Original.Length..], Floats(file, tensor.Name));
            }
            else if (tensor.Name.StartsWith(HandedOn, StringComparison.Ordinal))
            {
                state.HandOn(tensor.Name[HandedOn.Length..], Floats(file, tensor.Name));
            }
        }

        if (original.Replaced.Count > 0)
        {
            state.KeepAsOriginal(original);
        }

        return place;
    }

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

    private sealed record KeptPlan(IReadOnlyDictionary<string, int> Bits, IReadOnlyDictionary<string, double> Sensitivities);

    private sealed record KeptBatch(int[] Rows, int[][] Ids)
    {
        public static KeptBatch Of(RowBatch batch)
        {
            int start = 0;
            return new KeptBatch([.. batch.Rows], [.. batch.Lengths.Select(length => batch.Ids.GetRange((start += length) - length, length).ToArray())]);
        }

        public RowBatch ToBatch()
        {
            var batch = new RowBatch();
            for (int i = 0; i < Rows.Length; i++)
            {
                batch.Add(Rows[i], new Example(Ids[i], new byte[Ids[i].Length]));
            }

            return batch;
        }
    }

    private sealed record CodeGrouping(int Rows, int Columns, int Groups, int GroupSize, int[] Bits)
    {
        public static CodeGrouping Of(QuantizedMatrix matrix) =>
            new(matrix.Rows, matrix.Columns, matrix.Grouping.GroupCount, matrix.Grouping.GroupSize, [.. matrix.GroupBits]);
    }
}
