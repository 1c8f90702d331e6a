using QuantGen.TestModels.Trainable;

namespace QuantGen.IntegrationTests.Trainable;

/// <summary>The names of all small models with training code, as test data.</summary>
public sealed class TrainableModelNames : TheoryData<string>
{
    public TrainableModelNames()
    {
        foreach (TrainableTestModel model in TrainableTestModel.All)
        {
            Add(model.Name);
        }
    }
}
