using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using QuantGen.Generators.Emission;
using QuantGen.Generators.Emission.Kernels;
using QuantGen.Generators.Specs;
using QuantGen.Generators.Tests.Running;

namespace QuantGen.Generators.Tests.Emission;

/// <summary>A defect of an emitter is a diagnostic that names the class; the other classes get their code.</summary>
public sealed class FailureTests
{
    [Theory]
    [InlineData("QG9001")]
    public void A_failing_emitter_is_reported_and_does_not_stop_the_others(string id)
    {
        string attribute = $"[QuantGen.QuantizedBert(32, {Tiny.Dimensions})]";
        CSharpCompilation compilation = TestCompilation.Create($"{attribute} public partial class Bad; {attribute} public partial class Good;");
        GeneratorRun run = GeneratorRun.Of(new QuantizedBertGenerator(EmitOrFail, _ => []), compilation);
        Assert.Null(run.Result.Exception);
        Diagnostic found = Assert.Single(run.GeneratorDiagnostics);
        Assert.Equal(id, found.Id);
        Assert.Equal("QuantGen failed on 'Bad': InvalidOperationException, no such row. Please report it with this message.", found.GetMessage(null));
        Assert.Equal("Good.g.cs", Assert.Single(run.Sources).HintName);
    }

    [Fact]
    public void A_failing_kernel_is_reported_and_does_not_stop_the_others()
    {
        string attribute = $"QuantizedBert(2, {Tiny.Dimensions})] [QuantGen.LayerBits(\"encoder.layer.0.output.dense\", 8)";
        CSharpCompilation compilation = TestCompilation.Create($"[QuantGen.{attribute}] public partial class Both;");
        var generator = new QuantizedBertGenerator(_ => [], v => v.Bits == 2 ? throw new InvalidOperationException("no such width.") : KernelSources.Emit(v));
        GeneratorRun run = GeneratorRun.Of(generator, compilation);
        Assert.Null(run.Result.Exception);
        Assert.StartsWith("QuantGen failed on 'W2': ", Assert.Single(run.GeneratorDiagnostics).GetMessage(null), StringComparison.Ordinal);
        Assert.Equal("QuantGen.Kernels.W8.g.cs", Assert.Single(run.Sources).HintName);
    }

    [Fact]
    public void Cancellation_passes_through()
    {
        using var cancellation = new CancellationTokenSource();
        var generator = new QuantizedBertGenerator(_ =>
        {
            cancellation.Cancel();
            return [new EmittedFile("Tiny.g.cs", string.Empty)];
        }, KernelSources.Emit);
        CSharpCompilation compilation = TestCompilation.Create(Tiny.Source("32, " + Tiny.Dimensions));
        GeneratorDriver driver = CSharpGeneratorDriver.Create(
            [generator.AsSourceGenerator()], parseOptions: (CSharpParseOptions)compilation.SyntaxTrees[0].Options);
        Assert.Throws<OperationCanceledException>(() => driver.RunGenerators(compilation, cancellation.Token));
    }

    private static IEnumerable<EmittedFile> EmitOrFail(ClassSpec spec)
    {
        yield return new EmittedFile(spec.Hint + ".g.cs", string.Empty);
        if (spec.Name == "Bad")
        {
            throw new InvalidOperationException("no such row.");
        }
    }
}
