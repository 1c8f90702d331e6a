using Microsoft.CodeAnalysis;
using QuantGen.Generators.Tests.Running;

namespace QuantGen.Generators.Tests.Incremental;

/// <summary>What an edit runs again: nothing but what it concerns.</summary>
public sealed class IncrementalTests
{
    private const IncrementalStepRunReason Cached = IncrementalStepRunReason.Cached;
    private const IncrementalStepRunReason Unchanged = IncrementalStepRunReason.Unchanged;
    private const IncrementalStepRunReason Modified = IncrementalStepRunReason.Modified;
    private const IncrementalStepRunReason New = IncrementalStepRunReason.New;

    private const string Config = """
        { "hidden_size": 8, "num_attention_heads": 2, "num_hidden_layers": 1, "intermediate_size": 16, "vocab_size": 12, "max_position_embeddings": 128 }
        """;

    private static readonly string s_source = Tiny.Source("32, Config = \"config.json\"");
    private static readonly TestFile s_config = new("/m/config.json", Config);
    private static readonly TestFile s_other = new("/m/other.json", "{}");

    [Fact]
    public void Everything_is_cached_for_the_same_input() => AssertReasons(First().Again(), [Cached], [Cached], [Cached], [Cached], Cached);

    [Fact]
    public void Training_code_is_cached_for_the_same_input()
    {
        GeneratorRun first = GeneratorRun.Of(TestCompilation.Create(Tiny.Source("32, Config = \"config.json\", Training = true")), s_config, s_other);
        Assert.Contains(first.Sources, s => s.HintName.EndsWith(".Training.g.cs", StringComparison.Ordinal));
        AssertReasons(first.Again(), [Cached], [Cached], [Cached], [Cached], Cached);
    }

    [Fact]
    public void Spec_is_cached_when_a_comment_changes() =>
        AssertReasons(Edited(s_source + "// A comment."), [Cached], [Cached], [Cached], [Cached], Cached);

    [Fact]
    public void Spec_is_cached_when_the_class_moves_and_gets_members() =>
        AssertReasons(
            Edited("// First.\n" + s_source.Replace("Tiny;", "Tiny { public int More => 1; }", StringComparison.Ordinal)), [Cached], [Cached], [Cached],
            [Cached], Cached);

    [Fact]
    public void Spec_is_cached_when_an_unrelated_type_is_added()
    {
        GeneratorRun first = First();
        AssertReasons(
            first.Again(first.Input.AddSyntaxTrees(TestCompilation.Parse("class Unrelated;", "Unrelated.cs"))), [Cached], [Cached], [Cached], [Cached], Cached);
    }

    [Fact]
    public void Only_the_new_class_is_written_when_a_second_is_added()
    {
        GeneratorRun first = First();
        string second = s_source.Replace("Tiny", "Second", StringComparison.Ordinal);
        GeneratorRun run = first.Again(first.Input.AddSyntaxTrees(TestCompilation.Parse(second, "Second.cs")));
        AssertReasons(run, [Cached, New], [Cached], [Cached, New], [Cached, New], null);
        Assert.Equal([Cached, New], run.SourceReasons().Distinct());
    }

    [Fact]
    public void Everything_follows_when_the_bits_change() =>
        AssertReasons(Edited(s_source.Replace("(32", "(8", StringComparison.Ordinal)), [Modified], [Cached], [Modified], [Modified], null);

    [Fact]
    public void Class_is_cached_when_its_config_changes()
    {
        var changed = new TestFile(s_config.Path, Config.Replace("16", "24", StringComparison.Ordinal));
        AssertReasons(First().Again(null, changed, s_other), [Cached], [Modified], [Modified], [Modified], null);
    }

    [Fact]
    public void Spec_is_cached_when_its_config_changes_in_white_space()
    {
        var changed = new TestFile(s_config.Path, Config + "\n");
        AssertReasons(First().Again(null, changed, s_other), [Cached], [Modified], [Modified], [Cached], Cached);
    }

    [Fact]
    public void Input_is_unchanged_when_an_unrelated_file_changes()
    {
        var changed = new TestFile(s_other.Path, "[]");
        AssertReasons(First().Again(null, s_config, changed), [Cached], [Modified], [Unchanged], [Cached], Cached);
    }

    [Theory]
    [InlineData("32, Training = true, Config", Cached)]
    [InlineData("8, Config", Modified)]
    public void Kernels_are_cached_when_a_class_changes_and_uses_the_same(string arguments, IncrementalStepRunReason reason)
    {
        GeneratorRun run = Edited(s_source.Replace("32, Config", arguments, StringComparison.Ordinal));
        Assert.Equal([Modified], run.Reasons(TrackingNames.Specs));
        Assert.Equal([reason], run.Reasons(TrackingNames.Kernels));
        Assert.Equal([reason], run.SourceReasons(TrackingNames.Kernels));
    }

    [Fact]
    public void Kernels_of_one_class_are_cached_when_another_of_a_new_width_is_added()
    {
        GeneratorRun first = GeneratorRun.Of(TestCompilation.Create(Tiny.Source("2, Config = \"config.json\"")), s_config, s_other);
        string second = s_source.Replace("Tiny", "Second", StringComparison.Ordinal);
        GeneratorRun run = first.Again(first.Input.AddSyntaxTrees(TestCompilation.Parse(second, "Second.cs")));
        Assert.Equal([Unchanged, New], run.Reasons(TrackingNames.Kernels));
        Assert.Equal([Cached, New], run.SourceReasons(TrackingNames.Kernels));
    }

    [Fact]
    public void Files_are_cached_when_one_that_is_not_json_is_added()
    {
        GeneratorRun run = First().Again(null, s_config, s_other, new TestFile("/m/notes.txt", "Notes."));
        AssertReasons(run, [Cached], [Cached], [Cached], [Cached], Cached);
    }

    private static GeneratorRun First() => GeneratorRun.Of(TestCompilation.Create(s_source), s_config, s_other);

    private static GeneratorRun Edited(string source)
    {
        GeneratorRun first = First();
        SyntaxTree tree = first.Input.SyntaxTrees[0];
        return first.Again(first.Input.ReplaceSyntaxTree(tree, TestCompilation.Parse(source, tree.FilePath)));
    }

    private static void AssertReasons(
        GeneratorRun run,
        IncrementalStepRunReason[] classes,
        IncrementalStepRunReason[] files,
        IncrementalStepRunReason[] inputs,
        IncrementalStepRunReason[] specs,
        IncrementalStepRunReason? sources)
    {
        Assert.Equal(
            (string.Join(" ", classes), string.Join(" ", files), string.Join(" ", inputs), string.Join(" ", specs)),
            (Reasons(TrackingNames.Classes), Reasons(TrackingNames.Files), Reasons(TrackingNames.Inputs), Reasons(TrackingNames.Specs)));
        if (sources is not null)
        {
            Assert.All(run.SourceReasons(), r => Assert.Equal(sources, r));
        }

        string Reasons(string step) => string.Join(" ", run.Reasons(step));
    }
}
