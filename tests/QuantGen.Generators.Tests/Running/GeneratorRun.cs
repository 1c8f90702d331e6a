using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using QuantGen.Generators.Diagnostics;

namespace QuantGen.Generators.Tests.Running;

/// <summary>Generator and analyzer over one compilation.</summary>
internal sealed class GeneratorRun
{
    private static readonly string[] s_steps = [TrackingNames.Classes, TrackingNames.Files, TrackingNames.Inputs, TrackingNames.Specs, TrackingNames.Kernels];

    private GeneratorRun(GeneratorDriver driver, CSharpCompilation input, IReadOnlyList<AdditionalText> files)
    {
        Driver = driver.RunGeneratorsAndUpdateCompilation(input, out Compilation output, out ImmutableArray<Diagnostic> diagnostics);
        Input = input;
        Files = files;
        Output = (CSharpCompilation)output;
        GeneratorDiagnostics = diagnostics;
    }

    public GeneratorDriver Driver { get; }

    public CSharpCompilation Input { get; }

    public CSharpCompilation Output { get; }

    public IReadOnlyList<AdditionalText> Files { get; }

    public ImmutableArray<Diagnostic> GeneratorDiagnostics { get; }

    public GeneratorRunResult Result => Driver.GetRunResult().Results.Single();

    public IReadOnlyList<GeneratedSourceResult> Sources => Result.GeneratedSources;

    public static GeneratorRun Of(CSharpCompilation input, params AdditionalText[] files) => Of(new QuantizedBertGenerator(), input, files);

    public static GeneratorRun Of(QuantizedBertGenerator generator, CSharpCompilation input, params AdditionalText[] files) => new(
        CSharpGeneratorDriver.Create(
            [generator.AsSourceGenerator()],
            files,
            (CSharpParseOptions)input.SyntaxTrees[0].Options,
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true)),
        input,
        files);

    /// <summary>Runs the same driver again, over something else.</summary>
    public GeneratorRun Again(CSharpCompilation? input = null, params AdditionalText[] files)
    {
        GeneratorDriver driver = files.Length == 0 ? Driver : Driver.ReplaceAdditionalTexts([.. files]);
        return new GeneratorRun(driver, input ?? Input.Clone(), files.Length == 0 ? Files : files);
    }

    /// <summary>Gets why each output of a step was or was not computed anew.</summary>
    public IncrementalStepRunReason[] Reasons(string step) => Result.TrackedSteps.TryGetValue(step, out ImmutableArray<IncrementalGeneratorRunStep> runs)
        ? runs.SelectMany(r => r.Outputs).Select(o => o.Reason).ToArray()
        : [];

    /// <summary>Gets why each source was or was not written anew.</summary>
    public IncrementalStepRunReason[] SourceReasons() =>
        Result.TrackedOutputSteps.SelectMany(s => s.Value).SelectMany(r => r.Outputs).Select(o => o.Reason).ToArray();

    /// <summary>Gets why each source that a step leads to was or was not written anew.</summary>
    public IncrementalStepRunReason[] SourceReasons(string step) => Result.TrackedOutputSteps
        .SelectMany(s => s.Value)
        .Where(r => r.Inputs.Any(i => i.Source.Name == step))
        .SelectMany(r => r.Outputs)
        .Select(o => o.Reason)
        .ToArray();

    /// <summary>Runs compiler and analyzer over what the compiler ends up with; by id, hidden ones left out.</summary>
    public ImmutableArray<Diagnostic> Diagnose() => Output
        .WithAnalyzers([new QuantizedBertAnalyzer()], new AnalyzerOptions([.. Files]))
        .GetAllDiagnosticsAsync().GetAwaiter().GetResult()
        .Where(d => d.Severity > DiagnosticSeverity.Hidden)
        .OrderBy(d => d.Id, StringComparer.Ordinal)
        .ToImmutableArray();

    /// <summary>Asserts that code was generated, compiles without a warning, is cached and came from steps without compiler objects.</summary>
    public GeneratorRun AssertCompiles(bool adviceAllowed = true)
    {
        Assert.Null(Result.Exception);
        Assert.Empty(GeneratorDiagnostics);
        Assert.NotEmpty(Sources);
        Assert.DoesNotContain(Diagnose(), d => d.Severity >= DiagnosticSeverity.Warning || !adviceAllowed);
        AssertCached();
        return this;
    }

    /// <summary>Asserts that compiler and analyzer say exactly this, in the order of ids, and nothing was generated.</summary>
    public IReadOnlyList<Diagnostic> AssertRejected(params string[] ids)
    {
        Assert.Null(Result.Exception);
        Assert.Empty(GeneratorDiagnostics);
        ImmutableArray<Diagnostic> found = Diagnose();
        Assert.Equal(ids, found.Select(d => d.Id));
        Assert.Empty(Sources);
        return found;
    }

    public IEnumerable<string> CompilerMessages() =>
        Output.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning).Select(d => d.ToString());

    private void AssertCached()
    {
        GeneratorRun second = Again();
        foreach (string step in s_steps)
        {
            Assert.All(second.Reasons(step), r => Assert.True(r is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"{step}: {r}"));
            foreach (IncrementalGeneratorRunStep run in Result.TrackedSteps.GetValueOrDefault(step, []))
            {
                ObjectGraph.AssertFreeOfCompilerObjects(run.Outputs.Select(o => o.Value));
            }
        }

        Assert.All(second.SourceReasons(), r => Assert.Equal(IncrementalStepRunReason.Cached, r));
    }
}
