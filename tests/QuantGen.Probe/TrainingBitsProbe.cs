using System.Runtime.InteropServices;
using QuantGen.Specs;
using QuantGen.TestModels;
using QuantGen.TestModels.Trainable;
using QuantGen.Trainable;

namespace QuantGen.Probe;

/// <summary>Writes, for every small model with training code, the SHA-256 of one step's outputs and gradients.</summary>
internal sealed class TrainingBitsProbe : IProbe
{
    /// <inheritdoc/>
    public void Run(string[] arguments)
    {
        TokenBatch tokens = TokenBatch.OfAllLengths(9);
        int[] starts = [0, .. tokens.Lengths.Select((_, s) => tokens.Lengths.Take(s + 1).Sum())];
        var batch = new TrainingBatch(tokens.Ids, tokens.Types, starts);
        foreach (TrainableTestModel test in TrainableTestModel.All)
        {
            using ITrainableModel model = test.Create(seed: 5);
            model.Forward(batch, new ForwardOptions(ForwardPurpose.Calibrate));
            model.Forward(batch, new ForwardOptions(ForwardPurpose.Train, Seed: 3, Step: 2));
            TrainingTrace gradients = model.TraceGradients;
            (gradients.HasHidden, gradients.HasScores, gradients.HasLogits) = (true, true, true);
            foreach (float[] buffer in gradients.Hidden.Concat(gradients.Scores).Append(gradients.Logits))
            {
                for (int i = 0; i < buffer.Length; i++)
                {
                    buffer[i] = ((i % 7) - 3) / 64f;
                }
            }

            model.Backward();
            var hash = new Sha256();
            hash.Append(MemoryMarshal.AsBytes(model.Trace.Logits.AsSpan(0, model.Trace.LogitCount)));
            hash.Append(MemoryMarshal.AsBytes(model.Trace.Hidden[^1].AsSpan(0, model.Trace.HiddenCount)));
            foreach (Parameter parameter in model.Parameters)
            {
                hash.Append(MemoryMarshal.AsBytes(parameter.Gradients.AsSpan()));
            }

            Console.WriteLine($"{test.Name}\t{hash.Finish()}");
        }
    }
}
