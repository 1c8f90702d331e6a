using QuantGen.Cli.Commands;
using QuantGen.Cli.Compilation;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Models;
using QuantGen.Packed;
using QuantGen.Specs;
using QuantGen.Training.Data;
using QuantGen.Training.PostTraining;
using QuantGen.Training.PostTraining.Steps;

namespace QuantGen.Cli.Tests;

/// <summary>A quantization that was interrupted anywhere ends with the bytes of one that was not.</summary>
public sealed class QuantizeResumeTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    private const string Recipes = """{"steps":[{"step":"percentile"},{"step":"gptq"},{"step":"bias-correction"}]}""";

    private const string Reconstructed = """{"steps":[{"step":"mse"},{"step":"gptq"},{"step":"brecq","steps":10,"batch":8},{"step":"bias-correction"}]}""";

    private const string Planned = """
        {"steps":[{"step":"data-free","texts":8,"length":8,"batch":4,"steps":12},
        {"step":"hessian","bits":2.5,"most_bits":5},{"step":"mse"},{"step":"gptq"}]}
        """;

    [Theory]
    [InlineData(Recipes, "gptq", 1)]
    [InlineData(Recipes, "gptq", 2)]
    [InlineData(Recipes, "bias-correction", 1)]
    [InlineData(Reconstructed, "brecq", 13)]
    [InlineData("""{"steps":[{"step":"mse"},{"step":"mrem","steps":8,"modules":2}]}""", "mrem", 12)]
    [InlineData("""{"steps":[{"step":"mse"},{"step":"mrem","steps":8,"parallel":2}]}""", "mrem", 3)]
    [InlineData("""{"steps":[{"step":"mse"},{"step":"mrem","steps":8,"parallel":2}]}""", "mrem", 12)]
    [InlineData("""{"steps":[{"step":"gamma-migration"},{"step":"mse"},{"step":"gptq"}]}""", "gptq", 1)]
    [InlineData(Planned, "hessian", 1)]
    [InlineData(Planned, "gptq", 1)]
    public void Interrupted_run_continues_to_the_same_bytes(string recipe, string step, int reports)
    {
        string state = files.File($"{Guid.NewGuid():N}.quantization");
        byte[] whole = Finish(run => run, recipe);
        Assert.Throws<OperationCanceledException>(() => Finish(run => run, recipe, state, new Interruption(step, reports)));
        Assert.True(File.Exists(state));
        Assert.Equal(whole, Finish(Resumed, recipe, state));
    }

    [Fact]
    public void State_of_another_quantization_is_refused()
    {
        string state = files.File("other.quantization");
        Assert.Throws<OperationCanceledException>(() => Finish(run => run, Recipes, state, new Interruption("gptq", 2)));
        var error = Assert.Throws<ModelFormatException>(() => Finish(Resumed, Recipes, state, bits: 4));
        Assert.Contains("of an interrupted quantization", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Command_continues_only_when_it_is_told_to()
    {
        string output = files.File("resumed.qg.safetensors");
        string recipe = files.File("resumed.json");
        File.WriteAllText(recipe, Recipes);
        string[] command = ["quantize", files.Checkpoint, "-o", output, "--bits", "3", "--recipe", recipe, "--calibration", files.Data];
        File.WriteAllText(QuantizeCommand.StatePath(output), "damaged");
        ToolResult refused = Tool.Run(command);
        Assert.Equal(ExitCode.Misuse, refused.Code);
        Assert.Contains("--resume", refused.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failure, Tool.Run([.. command, "--resume"]).Code);

        File.Delete(QuantizeCommand.StatePath(output));
        Assert.Contains("starting", Tool.Text([.. command, "--resume"]), StringComparison.Ordinal);
        Assert.False(File.Exists(QuantizeCommand.StatePath(output)));
    }

    private static RecipeRun Resumed(RecipeRun run)
    {
        run.Resume();
        return run;
    }

    private byte[] Finish(Func<RecipeRun, RecipeRun> begin, string steps, string? state = null, Interruption? interruption = null, int bits = 3)
    {
        using CheckpointModel model = CheckpointModel.Open(files.Checkpoint);
        var recipe = new Recipe { Steps = new(RecipeStepJson.ReadFile(steps)) };
        ModelSpec spec = ModelSpecs.Quantized(model.Config, new SpecOptions { Bits = bits, GroupCount = 4, Head = BertHead.SequenceClassification }, recipe);
        var texts = new CalibrationTexts
        {
            Data = PostTrainingRecipes.MakesTexts(recipe.Steps) ? null : TsvDataset.Load(files.Data),
            File = files.Data,
            Loader = new SessionLoader(CompilationTarget.DefaultBatchTokens, 1, true),
            Options = new CalibrationOptions(),
        };
        using RecipeRun run = begin(new RecipeRun(model.Checkpoint, spec, model.OptionsFor(spec, null) with { Recipe = recipe }, texts) { StatePath = state });
        while (run.Pending.Count > 0)
        {
            run.RunNext(interruption?.Step == run.Pending[0] ? interruption : null, interruption?.Token ?? default);
        }

        using PackedModel packed = run.Finish(progress: null).Builder.Build("model");
        string file = files.File(Guid.NewGuid().ToString("N"));
        packed.Save(file);
        return File.ReadAllBytes(file);
    }

    /// <summary>Stops the work after so many reports of a step.</summary>
    private sealed class Interruption(string step, int reports) : IProgress<double>
    {
        private readonly CancellationTokenSource _source = new();
        private int _left = reports;

        public string Step => step;

        public CancellationToken Token => _source.Token;

        public void Report(double value)
        {
            if (--_left == 0)
            {
                _source.Cancel();
            }
        }
    }
}
