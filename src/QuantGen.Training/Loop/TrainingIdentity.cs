using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using QuantGen.Trainable;
using QuantGen.Training.Batching;
using QuantGen.Training.Losses;

namespace QuantGen.Training.Loop;

/// <summary>What a training's result depends on, by name: a checkpoint of another training is refused with the first difference.</summary>
internal static class TrainingIdentity
{
    public static Dictionary<string, string> Of(ITrainableModel model, BatchSource source, Objective objective, TrainingOptions options)
    {
        var identity = new Dictionary<string, string>(options.Identity, StringComparer.Ordinal)
        {
            ["engine"] = options.Engine.ToString(),
            ["model"] = model.Spec.Sha256,
            ["examples"] = HashOf(source.Examples),
            ["batch size"] = Text(source.BatchSize),
            ["order seed"] = Text(source.Seed),
            ["loss"] = JsonSerializer.Serialize(objective.Options),
            ["epochs"] = Text(options.Epochs),
            ["steps"] = options.MaxSteps is long steps ? Text(steps) : "all",
            ["warm-up"] = Text(options.WarmupShare),
            ["dropout seed"] = Text(options.Seed),
        };

        // Where parts change no bit, a training may go on with others.
        if (options.Parts > 1 && !model.SumsPartsExactly)
        {
            identity["parts of a batch"] = Text(options.Parts);
        }

        if (objective.NeedsTeacher)
        {
            identity["engine of the teacher"] = options.EngineOfTeacher.ToString();
        }

        foreach (JsonProperty property in JsonSerializer.SerializeToElement(options.Optimizer).EnumerateObject())
        {
            identity["optimizer " + property.Name] = property.Value.ToString();
        }

        return identity;
    }

    private static string HashOf(IReadOnlyList<Example> examples)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Example example in examples)
        {
            hash.AppendData(MemoryMarshal.AsBytes([example.Length, example.AnswerStart, example.AnswerEnd]));
            hash.AppendData(MemoryMarshal.AsBytes(example.Ids));
            hash.AppendData(example.Types);
            hash.AppendData(MemoryMarshal.AsBytes([example.Label]));
            hash.AppendData(MemoryMarshal.AsBytes<int>(example.Tags));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
