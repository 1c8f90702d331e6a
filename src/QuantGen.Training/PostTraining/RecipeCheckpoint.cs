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
    private const string FormatVersion = "2";
    private const string IdentityKey = "identity";
    private const string PlaceKey = "place";
    private const string RangesKey = "ranges";
    private const string PlanKey = "plan";
    private const string TextsKey = "texts";
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
        writer.AddMetadata(RangesKey, JsonSerializer.Serialize(state.Ranges));
        writer.AddMetadata(PlanKey, JsonSerializer.Serialize(KeptPlan.Of(state)));
        if (state.MadeBatches is not null)
        {
            writer.AddMetadata(TextsKey, JsonSerializer.Serialize(state.MadeBatches.Select(KeptBatch.Of)));
        }

        KeptCodes.AddTo(writer, state.Codes);
        KeptCodes.AddFloats(writer, Weight, state.Weights.Replaced);
        KeptCodes.AddFloats(writer, Original, state.OriginalWeights.Replaced);
        KeptCodes.AddFloats(writer, HandedOn, state.HandedOn);
        writer.Save(path);
    }

    /// <summary>Reads the file into a state that is as new.</summary>
    /// <exception cref="ModelFormatException">The file is damaged or belongs to another quantization.</exception>
    public static RecipePlace Load(string path, RecipeState state, IReadOnlyDictionary<string, string> identity)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        StateFile.RequireFormat(file, FormatKey, FormatVersion);
        StateFile.RequireIdentity(path, "quantization", StateFile.Read<Dictionary<string, string>>(file, IdentityKey), identity);
        foreach ((string name, QuantizedMatrix codes) in KeptCodes.Read(file))
        {
            state.SetCodes(name, codes);
        }

        KeptPlan plan = StateFile.Read<KeptPlan>(file, PlanKey);
        state.Plan(plan.Choices, plan.Sensitivities);
        state.PlannedMilliseconds = plan.Milliseconds;
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
        LoadTensors(file, state);
        return place;
    }

    private static void LoadTensors(SafetensorsFile file, RecipeState state)
    {
        foreach ((string name, float[] values) in KeptCodes.ReadFloats(file, Weight))
        {
            state.Weights.Replace(name, values);
        }

        foreach ((string name, float[] values) in KeptCodes.ReadFloats(file, HandedOn))
        {
            state.HandOn(name, values);
        }

        var original = new WorkingWeights(state.Weights.Checkpoint);
        foreach ((string name, float[] values) in KeptCodes.ReadFloats(file, Original))
        {
            original.Replace(name, values);
        }

        if (original.Replaced.Count > 0)
        {
            state.KeepAsOriginal(original);
        }
    }

    private sealed record KeptPlan(
        IReadOnlyDictionary<string, MatrixChoice> Choices, IReadOnlyDictionary<string, double> Sensitivities, double? Milliseconds)
    {
        public static KeptPlan Of(RecipeState state) => new(
            state.Target.Matrices.ToDictionary(matrix => matrix.Name, MatrixChoice.Of), state.Sensitivities, state.PlannedMilliseconds);
    }

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
}
