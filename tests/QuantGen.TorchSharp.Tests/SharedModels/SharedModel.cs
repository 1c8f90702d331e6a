using System.Text.Json;
using QuantGen.Checkpoints;
using QuantGen.Specs;
using QuantGen.Tests;
using QuantGen.Trainable;
using QuantGen.Training.Checkpointing;

namespace QuantGen.TorchSharp.Tests.SharedModels;

/// <summary>A shared checkpoint in one scheme, in both engines, and sentences for it.</summary>
/// <param name="Folder">The checkpoint's folder.</param>
/// <param name="Spec">The model.</param>
/// <param name="Create">Makes it in the generated engine.</param>
/// <param name="Scheme">Who finds its codes.</param>
internal sealed record SharedModel(string Folder, ModelSpec Spec, Func<TrainableOptions?, ITrainableModel> Create, Scheme Scheme = Scheme.Linear)
{
    public static IReadOnlyDictionary<string, SharedModel> All { get; } = new SharedModel[]
    {
        new("sst2", Sst2Full.Spec, Sst2Full.CreateTrainable),
        new("sst2", Sst2Lsq.Spec, Sst2Lsq.CreateTrainable, Scheme.Lsq),
        new("sst2", Sst2Ternary.Spec, Sst2Ternary.CreateTrainable, Scheme.Ternary),
        new("sst2", Sst2KMeans.Spec, Sst2KMeans.CreateTrainable, Scheme.KMeans),
        new("trec", TrecFull.Spec, TrecFull.CreateTrainable),
        new("trec", TrecLsq.Spec, TrecLsq.CreateTrainable, Scheme.Lsq),
        new("trec", TrecTernary.Spec, TrecTernary.CreateTrainable, Scheme.Ternary),
        new("trec", TrecKMeans.Spec, TrecKMeans.CreateTrainable, Scheme.KMeans),
        new("sst2-albert", AlbertFull.Spec, AlbertFull.CreateTrainable),
        new("sst2-albert", AlbertLsq.Spec, AlbertLsq.CreateTrainable, Scheme.Lsq),
        new("sst2-albert", AlbertTernary.Spec, AlbertTernary.CreateTrainable, Scheme.Ternary),
        new("sst2-albert", AlbertKMeans.Spec, AlbertKMeans.CreateTrainable, Scheme.KMeans),
        new("sotu-mlm", SotuFull.Spec, SotuFull.CreateTrainable),
        new("sotu-mlm", SotuLsq.Spec, SotuLsq.CreateTrainable, Scheme.Lsq),
    }.ToDictionary(model => $"{model.Folder} {(model.Spec.Matrices[0].IsQuantized ? model.Scheme : "full precision")}");

    /// <summary>Makes both engines' models with the checkpoint's weights and quantizers made for them, ready to train without dropout.</summary>
    public EnginePair Load()
    {
        var options = new TrainableOptions { Scheme = Scheme, HiddenDropout = 0f, AttentionDropout = 0f };
        var pair = new EnginePair(Create(options), new TorchTrainableModel(Spec, options));
        using Checkpoint checkpoint = Checkpoint.Open(SharedFiles.Path("models/" + Folder));
        foreach (ITrainableModel model in new[] { pair.Generated, pair.Torch })
        {
            CheckpointWeights.Load(checkpoint, model);
            model.InitializeWeightQuantizers();
        }

        pair.Calibrate(Sentences(32, seed: 1));
        MoveThresholds(pair);
        return pair;
    }

    // A threshold is one of the values that it was found among, such as those of [CLS], which every sentence has: whether a gradient passes is
    // then a matter of the last bit.
    private static void MoveThresholds(EnginePair pair)
    {
        foreach (Parameter parameter in pair.Generated.Parameters.Where(p => p.Kind is ParameterKind.ActivationScale or ParameterKind.WeightScale))
        {
            for (int i = 0; i < parameter.Values.Length; i++)
            {
                parameter.Values[i] *= 1.003f;
            }
        }

        pair.CopyParameters();
    }

    /// <summary>Makes a batch of random sentences of the checkpoint's reference, cut to a length.</summary>
    public TrainingBatch Sentences(int count, int seed, int longest = int.MaxValue)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Path($"models/{Folder}/reference.json")));
        JsonElement rows = document.RootElement.GetProperty("rows");
        var random = new Random(seed);
        int[][] ids =
        [
            .. Enumerable.Range(0, count).Select(_ => Numbers(rows[random.Next(rows.GetArrayLength())].GetProperty("input_ids")).Take(longest).ToArray()),
        ];
        int[] starts = new int[count + 1];
        for (int s = 0; s < count; s++)
        {
            starts[s + 1] = starts[s] + ids[s].Length;
        }

        return new TrainingBatch([.. ids.SelectMany(row => row)], new byte[starts[^1]], starts)
        {
            HeadTokens = Spec.IsPooled ? null : [.. Enumerable.Range(0, starts[^1]).Where(token => token == 0 || random.Next(6) == 0)],
        };
    }

    private static int[] Numbers(JsonElement element) => [.. element.EnumerateArray().Select(number => number.GetInt32())];
}
