using QuantGen.Trainable;

namespace QuantGen.Training.Loop;

/// <summary>The parameters of the best epoch: values, and the curvatures by which loss-aware quantizers weighed them.</summary>
internal sealed class BestParameters
{
    /// <summary>Gets the values of every parameter.</summary>
    public required float[][] Values { get; init; }

    /// <summary>Gets the curvature of every parameter; null where there is none.</summary>
    public required float[]?[] Curvatures { get; init; }

    /// <summary>Copies what a model has now.</summary>
    public static BestParameters Of(ITrainableModel model) => new()
    {
        Values = [.. model.Parameters.Select(parameter => (float[])parameter.Values.Clone())],
        Curvatures = [.. model.Parameters.Select(parameter => (float[]?)parameter.Curvature?.Clone())],
    };

    /// <summary>Puts everything back.</summary>
    public void Restore(ITrainableModel model)
    {
        for (int i = 0; i < Values.Length; i++)
        {
            Parameter parameter = model.Parameters[i];
            Values[i].CopyTo(parameter.Values, 0);
            parameter.Curvature = (float[]?)Curvatures[i]?.Clone();
        }
    }
}
