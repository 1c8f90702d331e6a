using QuantGen.IntegrationTests.Trainable;
using QuantGen.TestModels.Trainable;
using QuantGen.Trainable;

namespace QuantGen.TorchSharp.Tests;

/// <summary>The engine on libtorch against the shared reference.</summary>
[Trait("Category", "Shared")]
public sealed class TorchReferenceTests : ReferenceGradientFacts
{
    protected override ITrainableModel CreateFullPrecision(TrainableOptions options) => new TorchTrainableModel(Reference32.Spec, options);

    protected override ITrainableModel CreateQuantized(TrainableOptions options) =>
        new TorchTrainableModel(ReferenceLsq.Spec, options with { Scheme = Scheme.Lsq });
}
