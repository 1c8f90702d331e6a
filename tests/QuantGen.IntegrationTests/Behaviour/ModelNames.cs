using QuantGen.TestModels;

namespace QuantGen.IntegrationTests.Behaviour;

/// <summary>The names of all small models, as test data.</summary>
public sealed class ModelNames : TheoryData<string>
{
    public ModelNames()
    {
        foreach (TestModel model in TestModel.All)
        {
            Add(model.Name);
        }
    }
}
