using QuantGen.TestModels.Trainable;
using QuantGen.Trainable;

namespace QuantGen.IntegrationTests.Trainable;

/// <summary>The generated engine against the shared reference.</summary>
[Trait("Category", "Shared")]
public sealed class ReferenceGradientTests : ReferenceGradientFacts
{
    protected override ITrainableModel CreateFullPrecision(TrainableOptions options) => Reference32.CreateTrainable(options);

    protected override ITrainableModel CreateQuantized(TrainableOptions options) => ReferenceLsq.CreateTrainable(options with { Scheme = Scheme.Lsq });
}
