using System.Runtime.InteropServices;
using System.Security.Cryptography;
using QuantGen.Training.Batching;
using QuantGen.Training.Evaluation;
using QuantGen.Training.Loop;
using QuantGen.Training.Losses;
using QuantGen.Training.Randomness;

namespace QuantGen.Training.Tests.Loop;

/// <summary>A training of a <see cref="BagModel"/> on sequences whose class is told by the words in them.</summary>
internal sealed class BagTraining
{
    private const int Classes = 3;

    public BagTraining(TrainingOptions? options = null, ITrainingObserver? observer = null, double learningRate = 2e-2, BagModel? model = null)
    {
        Model = model ?? new BagModel();
        options ??= new TrainingOptions();
        options = options with { Epochs = 4, Optimizer = options.Optimizer with { LearningRate = learningRate } };
        Trainer = new Trainer(
            Model, new BatchSource(Examples(200, 1), 16, seed: 3), new Objective(Model.Spec, LossOptions.Labels, null, options.Threads), options)
        {
            Evaluator = new RowEvaluator(Examples(50, 2), 16),
            Observers = observer is null ? [] : [observer],
        };
    }

    public BagModel Model { get; }

    public Trainer Trainer { get; }

    public string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var parameter in Model.Parameters)
        {
            hash.AppendData(MemoryMarshal.AsBytes(parameter.Values.AsSpan()));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    public static Example[] Examples(int count, ulong seed) => [.. Enumerable.Range(0, count).Select(i =>
    {
        var random = new RandomSequence(seed, (ulong)i);
        int label = random.Below(Classes);
        int[] ids = new int[3 + random.Below(20)];
        for (int t = 0; t < ids.Length; t++)
        {
            ids[t] = random.Unit() < 0.4 ? label : random.Below(40);
        }

        return new Example(ids, new byte[ids.Length]) { Label = label };
    })];
}
