using QuantGen.TestModels;
using QuantGen.Trainable;

namespace QuantGen.IntegrationTests.Trainable;

/// <summary>Batches of random tokens.</summary>
internal static class TrainingBatches
{
    public static TrainingBatch Of(params int[] lengths) => Of(TokenBatch.Of(lengths, seed: 3));

    public static TrainingBatch Of(TokenBatch tokens)
    {
        int[] starts = new int[tokens.Lengths.Length + 1];
        for (int s = 0; s < tokens.Lengths.Length; s++)
        {
            starts[s + 1] = starts[s] + tokens.Lengths[s];
        }

        return new TrainingBatch(tokens.Ids, tokens.Types, starts);
    }

    /// <summary>Sets ranges of activations from the batch, where the model has any.</summary>
    public static void Calibrate(ITrainableModel model, TrainingBatch batch) => model.Forward(batch, new ForwardOptions(ForwardPurpose.Calibrate));
}
