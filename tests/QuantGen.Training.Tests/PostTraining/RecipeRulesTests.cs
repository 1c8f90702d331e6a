using QuantGen.Specs;
using QuantGen.Training.PostTraining.Steps;

namespace QuantGen.Training.Tests.PostTraining;

public sealed class RecipeRulesTests
{
    [Theory]
    [InlineData("""{"steps":[{"step":"mse"},{"step":"gptq","damping":0.02},{"step":"bias-correction"}]}""", null)]
    [InlineData("""{"steps":[{"step":"mse"},{"step":"gptq"},{"step":"brecq"}]}""", null)]
    [InlineData("""{"steps":[{"step":"brecq"},{"step":"gptq"}]}""", "step 'gptq': 'brecq' before it finds the same")]
    [InlineData("""{"steps":[{"step":"mrem"},{"step":"brecq"}]}""", "step 'brecq': 'mrem' before it finds the same")]
    [InlineData("""{"steps":[]}""", "a recipe has at least one step")]
    [InlineData("""{"steps":[{"step":"mse"},{"step":"percentile"}]}""", "step 'percentile': 'mse' before it finds the same")]
    [InlineData(
        """{"steps":[{"step":"gptq"},{"step":"mse"}]}""",
        "step 'mse': it comes after 'gptq', and the order is texts, plans, factors, ranges, codes, biases, ranges of activations")]
    [InlineData(
        """{"steps":[{"step":"smooth"},{"step":"mse"},{"step":"brecq"}]}""", "step 'brecq': its residuals have factors, which are not trained")]
    [InlineData("""{"steps":[{"step":"gamma-migration"},{"step":"smooth"}]}""", "step 'smooth': 'gamma-migration' before it finds the same")]
    [InlineData(
        """{"steps":[{"step":"mse"},{"step":"token-wise-clipping"}]}""",
        "step 'token-wise-clipping': the model stores no ranges of activations, each token has its own")]
    [InlineData(
        """{"steps":[{"step":"mse"},{"step":"integer-only"}]}""",
        "step 'integer-only': the model has floats between its products; use --numerics integer")]
    [InlineData("""{"steps":[{"step":"mrem"},{"step":"bias-correction"}]}""", "step 'bias-correction': 'mrem' before it has trained the biases")]
    [InlineData("""{"steps":[{"step":"gptq","damp":1}]}""", "step 'gptq': its settings are damping, found 'damp'")]
    [InlineData("""{"steps":[{"step":"mse","a":1}]}""", "step 'mse': it has no settings, found 'a'")]
    [InlineData("""{"steps":[{"step":"gptq","damping":2}]}""", "step 'gptq': 'damping' is a number from 1E-06 to 1, found 2")]
    [InlineData("""{"steps":[{"step":"brecq","steps":1.5}]}""", "step 'brecq': 'steps' is a whole number from 1 to 1000000, found 1.5")]
    [InlineData("""{"steps":[{"step":"brecq","steps":"many"}]}""", "step 'brecq': 'steps' is a whole number from 1 to 1000000, found 'many'")]
    public void Recipes_are_legal_or_say_why_not(string json, string? issue) =>
        Assert.Equal(issue, PostTrainingRecipes.FirstIssue(RecipeStepJson.ReadFile(json), TinyCheckpoint.Spec));

    [Theory]
    [InlineData("""{"steps":[{"step":"gamma-migration"},{"step":"mse"}]}""", null)]
    [InlineData("""{"steps":[{"step":"mse"},{"step":"gptq"}]}""", "step 'gptq': activations have one bit, and what it finds is for more of them")]
    [InlineData("""{"steps":[{"step":"activation-mse"}]}""", "step 'activation-mse': activations have one bit, and what it finds is for more of them")]
    public void Activations_of_one_bit_leave_ranges_of_weights_to_find(string json, string? issue) => Assert.Equal(
        issue,
        PostTrainingRecipes.FirstIssue(
            RecipeStepJson.ReadFile(json), TinyCheckpoint.Spec with { ActivationBits = 1, ActivationRange = ActivationRange.Static }));

    [Theory]
    [InlineData("[]", "expected an object with the key 'steps'")]
    [InlineData("{}", "expected the key 'steps'")]
    [InlineData("""{"steps":[],"more":1}""", "expected the key 'steps' alone, found 'more'")]
    [InlineData("""{"steps":["mse"]}""", "expected objects in 'steps', found 'mse'")]
    [InlineData("""{"steps":[{"step":3}]}""", "expected a text for 'step' in each of 'steps'")]
    [InlineData("""{"steps":[{"step":"mse","a":[]}]}""", "expected a number or a text for 'a', found a list")]
    public void Text_that_is_no_recipe_is_refused(string json, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => RecipeStepJson.ReadFile(json)).Message);

    [Fact]
    public void Named_recipes_are_legal_and_read_again_as_they_are_printed()
    {
        foreach (string name in PostTrainingRecipes.Names)
        {
            IReadOnlyList<RecipeStep> spelled = PostTrainingRecipes.Spelled(PostTrainingRecipes.Find(name)!);
            ModelSpec target = TinyCheckpoint.Spec with { ActivationRange = ActivationRange.Static, Numerics = PostTrainingRecipes.NumericsOf(spelled) };
            Assert.Null(PostTrainingRecipes.FirstIssue(spelled, target));
            Assert.Equal(spelled, RecipeStepJson.ReadFile(RecipeStepJson.WriteFile(spelled)));
            var recipe = new Recipe { Steps = new(spelled) };
            Assert.Equal(recipe, RecipeJson.Read(RecipeJson.Write(recipe)));
        }
    }

    [Theory]
    [InlineData("gamma-migration")]
    [InlineData("smooth")]
    public void Factors_do_not_move_where_layers_are_shared(string step)
    {
        ModelSpec albert = SpecBuilder.Build(
            TinyCheckpoint.Spec.Dimensions with { Architecture = BertArchitecture.Albert }, new SpecOptions { Bits = 4, MaxSequenceLength = 24 }, [])!;
        string? issue = PostTrainingRecipes.FirstIssue([new RecipeStep(step, default)], albert);
        Assert.StartsWith($"step '{step}': its layers share their weights", issue, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_step_names_those_there_are() => Assert.StartsWith(
        "there is no step 'round'; steps are data-free, hessian, search, gamma-migration, smooth, min-max, percentile, mse, gptq",
        PostTrainingRecipes.FirstIssue([new RecipeStep("round", default)], null),
        StringComparison.Ordinal);
}
