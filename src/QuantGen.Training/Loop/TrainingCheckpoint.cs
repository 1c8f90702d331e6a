using System.Text.Json;
using System.Text.Json.Serialization;
using QuantGen.Checkpoints;
using QuantGen.Trainable;
using QuantGen.Training.Optimization;

namespace QuantGen.Training.Loop;

/// <summary>
/// The file from which an interrupted training continues: a safetensors file with parameters, moments, the best parameters so far, those of a teacher that
/// a stage before made, and the state.
/// </summary>
internal static class TrainingCheckpoint
{
    private const string FormatKey = "quantgen.training";
    private const string FormatVersion = "1";
    private const string StateKey = "state";
    private const string IdentityKey = "identity";
    private const string Value = "value:";
    private const string Teacher = "teacher:";
    private const string Moment = "moment:";
    private const string Best = "best:";
    private const string BestCurvature = "best curvature:";
    private const string Carried = "carried:";

    private static readonly JsonSerializerOptions s_json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Writes the file; a reader sees the old one or the whole new one.</summary>
    public static void Save(
        string path, ITrainableModel model, AdamOptimizer optimizer, BestParameters? best, TrainingState state, IReadOnlyDictionary<string, string> identity,
        IReadOnlyDictionary<string, float[]> carried, ITrainableModel? teacher)
    {
        var writer = new SafetensorsWriter();
        writer.AddMetadata(FormatKey, FormatVersion);
        writer.AddMetadata(IdentityKey, JsonSerializer.Serialize(identity, s_json));
        writer.AddMetadata(StateKey, JsonSerializer.Serialize(state, s_json));
        for (int i = 0; i < model.Parameters.Count; i++)
        {
            Parameter parameter = model.Parameters[i];
            writer.AddFloats(Value + parameter.Name, [.. parameter.Shape], parameter.Values);
            if (best is not null)
            {
                writer.AddFloats(Best + parameter.Name, [.. parameter.Shape], best.Values[i]);
                if (best.Curvatures[i] is float[] curvature)
                {
                    writer.AddFloats(BestCurvature + parameter.Name, [.. parameter.Shape], curvature);
                }
            }
        }

        foreach (Parameter parameter in teacher?.Parameters ?? [])
        {
            writer.AddFloats(Teacher + parameter.Name, [.. parameter.Shape], parameter.Values);
        }

        foreach ((string name, float[] values) in optimizer.Moments)
        {
            writer.AddFloats(Moment + name, [values.Length], values);
        }

        foreach ((string name, float[] values) in carried)
        {
            writer.AddFloats(Carried + name, [values.Length], values);
        }

        writer.Save(path);
    }

    /// <summary>Reads what a state's training depends on.</summary>
    /// <exception cref="ModelFormatException">The file is damaged or no state.</exception>
    public static IReadOnlyDictionary<string, string> IdentityIn(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        StateFile.RequireFormat(file, FormatKey, FormatVersion);
        return StateFile.Read<Dictionary<string, string>>(file, IdentityKey, s_json);
    }

    /// <summary>Reads what was kept beside the training's own state.</summary>
    /// <exception cref="ModelFormatException">The file is damaged or no state.</exception>
    public static Dictionary<string, float[]> CarriedIn(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        StateFile.RequireFormat(file, FormatKey, FormatVersion);
        return file.Tensors.Where(tensor => tensor.Name.StartsWith(Carried, StringComparison.Ordinal))
            .ToDictionary(tensor => tensor.Name[Carried.Length..], tensor => Fill(file, tensor.Name, new float[tensor.ElementCount]), StringComparer.Ordinal);
    }

    /// <summary>Reads the file into a model and an optimizer.</summary>
    /// <exception cref="ModelFormatException">The file is damaged or belongs to another training.</exception>
    public static TrainingState Load(
        string path, ITrainableModel model, AdamOptimizer optimizer, IReadOnlyDictionary<string, string> identity, ITrainableModel? teacher,
        out BestParameters? best)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        StateFile.RequireFormat(file, FormatKey, FormatVersion);
        StateFile.RequireIdentity(path, "training", StateFile.Read<Dictionary<string, string>>(file, IdentityKey, s_json), identity);
        TrainingState state = StateFile.Read<TrainingState>(file, StateKey, s_json);
        RestoreValues(file, Value, model);
        if (teacher is not null)
        {
            RestoreValues(file, Teacher, teacher);
        }

        // Labels of codebooks follow from the weights, which such a training leaves as they are; then thresholds and centroids are put back.
        model.InitializeWeightQuantizers();
        RestoreValues(file, Value, model);
        foreach ((string name, float[] values) in optimizer.Moments)
        {
            Fill(file, Moment + name, values);
        }

        optimizer.Resume(state.OptimizerSteps);
        best = !state.HasBest ? null : new BestParameters
        {
            Values = [.. model.Parameters.Select(parameter => Fill(file, Best + parameter.Name, new float[parameter.Values.Length]))],
            Curvatures =
            [
                .. model.Parameters.Select(parameter =>
                    file.TryGet(BestCurvature + parameter.Name, out _) ? Fill(file, BestCurvature + parameter.Name, new float[parameter.Values.Length]) : null),
            ],
        };
        return state;
    }

    private static void RestoreValues(SafetensorsFile file, string prefix, ITrainableModel model)
    {
        foreach (Parameter parameter in model.Parameters)
        {
            Fill(file, prefix + parameter.Name, parameter.Values);
        }
    }

    private static float[] Fill(SafetensorsFile file, string name, float[] values)
    {
        if (!file.TryGet(name, out SafetensorsTensor? tensor) || tensor.ElementCount != values.Length)
        {
            throw new ModelFormatException(
                file.Name, $"tensor '{name}'", $"{values.Length} numbers", tensor is null ? "no such tensor" : $"{tensor.ElementCount}");
        }

        file.ReadFloats(tensor, values);
        return values;
    }
}
