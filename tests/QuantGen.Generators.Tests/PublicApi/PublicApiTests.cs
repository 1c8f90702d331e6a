extern alias extensions;
extern alias runtime;
extern alias training;

using QuantGen.Generators.Tests.Emission;

namespace QuantGen.Generators.Tests.PublicApi;

/// <summary>What a package offers is a decision: a change of it shows in a pull request.</summary>
public sealed class PublicApiTests
{
    private static readonly PublicTypes s_runtime = new(typeof(runtime::QuantGen.QuantizedBertAttribute).Assembly);
    private static readonly PublicTypes s_extensions = new(typeof(extensions::QuantGen.Extensions.AI.ITextClassifier).Assembly);
    private static readonly PublicTypes s_training = new(typeof(training::QuantGen.Training.Loop.Trainer).Assembly);

    [Fact]
    public void Users_of_QuantGen_see_this() => Snapshot.Match(s_runtime.Describe(isHidden: false), "QuantGen", "txt");

    /// <summary>A difference here is one that code generated before may not survive: see <c>GeneratedContract</c>.</summary>
    [Fact]
    public void Generated_code_calls_this() => Snapshot.Match(s_runtime.Describe(isHidden: true), "QuantGen.GeneratedCode", "txt");

    [Fact]
    public void Users_of_QuantGen_Training_see_this() => Snapshot.Match(s_training.Describe(isHidden: false), "QuantGen.Training", "txt");

    [Fact]
    public void Users_of_QuantGen_Extensions_AI_see_this() => Snapshot.Match(s_extensions.Describe(isHidden: false), "QuantGen.Extensions.AI", "txt");

    [Fact]
    public void Extensions_hide_nothing() => Assert.Empty(s_extensions.Describe(isHidden: true));

    [Fact]
    public void Training_hides_nothing() => Assert.Empty(s_training.Describe(isHidden: true));
}
