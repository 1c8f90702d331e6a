using System.Diagnostics;
using System.Globalization;
using QuantGen.Integers;
using QuantGen.Packed;

namespace QuantGen.Cli.Tests;

/// <summary>Models of integers as C: compiled by gcc and run, they give the integers of the scalar definition.</summary>
public sealed class CExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [Trait("Category", "Shared")]
    [InlineData("BertForSequenceClassification", 8)]
    [InlineData("BertForSequenceClassification", 2, "--embedding-bits", "3")]
    [InlineData("BertForTokenClassification", 5, "--groups", "4")]
    [InlineData("BertForQuestionAnswering", 3, "--embedding-bits", "32")]
    [InlineData("BertModel", 4)]
    public void Small_models_give_the_same_integers(string architecture, int bits, params string[] options)
    {
        string checkpoint = TinyCheckpoint.Write(At("model"), architecture);
        string packed = Quantize(checkpoint, TinyCheckpoint.WriteData(At("data.tsv")), bits, options);
        using PackedModel model = PackedModel.Open(packed);
        var random = new Random(3);
        int Word() => random.Next(TinyCheckpoint.Vocabulary.Length);
        int[][] sequences = [.. Enumerable.Range(1, 24).Select(length => Enumerable.Range(0, length).Select(_ => Word()).ToArray())];
        AssertSame(model, Compile(packed, "model_model"), sequences);
    }

    [Fact]
    [Trait("Category", "Shared")]
    public void Real_texts_give_the_same_integers_and_bad_arguments_are_refused()
    {
        string packed = Quantize(SharedFiles.Path("models/trec"), SharedFiles.Path("data/TREC/train.tsv"), 4, "--samples", "64");
        using PackedModel model = PackedModel.Open(packed);
        string program = Compile(packed, "model_model");
        string[] texts = [.. File.ReadLines(SharedFiles.Path("data/TREC/test.tsv")).Skip(1).Select(line => line.Split('\t')[0])];
        var tokenizer = Execution.TokenizerSettings.CreateTokenizer(model);
        AssertSame(model, program, [.. texts.Select(text => tokenizer.Encode(text).Ids.ToArray())]);
        Assert.Equal("error 1\nerror 2\nerror 2", Run(program, ["", "-1", "999999"]));
    }

    [Fact]
    public void Only_models_of_integers_are_written()
    {
        string checkpoint = TinyCheckpoint.Write(At("floats"));
        Tool.Run("build", checkpoint, "-o", At("out"), "--bits", "8", "--export", "c")
            .AssertFails(1, "only a model of integers is written as C, and this one has floats; quantize it with --numerics integer");
        Tool.Run("build", checkpoint, "-o", At("out"), "--bits", "8", "--export", "c", "--class", "Größe").AssertFails(2, "which takes ASCII letters");
        Tool.Run("build", checkpoint, "-o", At("out"), "--bits", "8", "--export", "c", "--source").AssertFails(2, "--export writes C, which has no --source");
    }

    private static void AssertSame(PackedModel model, string program, int[][] sequences)
    {
        var reference = new IntegerReference(model);
        string[] lines = Run(program, sequences.Select(ids => string.Join(' ', ids))).Split('\n');
        Assert.Equal(sequences.Length, lines.Length);
        foreach ((int[] ids, string line) in sequences.Zip(lines))
        {
            Assert.Equal(reference.Run(ids, new byte[ids.Length]), line.Split(' ').Select(number => int.Parse(number, CultureInfo.InvariantCulture)));
        }
    }

    private string Quantize(string checkpoint, string data, int bits, params string[] options)
    {
        string packed = At("model.qg.safetensors");
        Tool.Json(
            [
                "quantize", checkpoint, "-o", packed, "--bits", bits.ToString(CultureInfo.InvariantCulture), "--numerics", "integer", "--calibration", data,
                .. options,
            ]);
        return packed;
    }

    // Warnings are errors, as in the most careful builds.
    private string Compile(string packed, string name)
    {
        Tool.Json("build", packed, "-o", At("c"), "--export", "c");
        string main = Main.Replace("NAME", name, StringComparison.Ordinal).Replace("PREFIX", name.ToUpperInvariant(), StringComparison.Ordinal);
        File.WriteAllText(At("c/main.c"), main);
        string program = At("c/program");
        Start("gcc", ["-std=c99", "-O2", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-o", program, At($"c/{name}.c"), At("c/main.c")], []);
        return program;
    }

    private static string Run(string program, IEnumerable<string> lines) => Start(program, [], lines);

    private static string Start(string program, string[] arguments, IEnumerable<string> input)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        foreach (string line in input)
        {
            process.StandardInput.Write(line + "\n");
        }

        process.StandardInput.Close();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program}: exit code {process.ExitCode}\n{error.Result}");
        return output.Result.TrimEnd('\n');
    }

    private string At(string name) => Path.Combine(_folder.Path, name);

    // A sequence a line: ids, of type 0. Prints all outputs of each.
    private const string Main =
        """
        #include "NAME.h"
        #include <stdio.h>
        #include <stdlib.h>

        static int32_t ids[PREFIX_MAX_TOKENS + 1], work[PREFIX_WORK(PREFIX_MAX_TOKENS)], outputs[PREFIX_MAX_TOKENS * PREFIX_OUTPUTS];
        static uint8_t types[PREFIX_MAX_TOKENS + 1];

        int main(void)
        {
            char line[8192];
            while (fgets(line, sizeof line, stdin)) {
                char *at = line, *end;
                int32_t tokens = 0, i;
                int result;
                for (;; at = end) {
                    long id = strtol(at, &end, 10);
                    if (end == at) {
                        break;
                    }
                    ids[tokens++] = (int32_t)id;
                }
                for (i = 0; i < PREFIX_MAX_TOKENS * PREFIX_OUTPUTS; i++) {
                    outputs[i] = INT32_MIN;
                }
                result = NAME_run(ids, types, tokens, work, outputs);
                if (result != 0) {
                    printf("error %d\n", result);
                    continue;
                }
                for (i = 0; i < PREFIX_MAX_TOKENS * PREFIX_OUTPUTS && outputs[i] != INT32_MIN; i++) {
                    printf(i ? " %d" : "%d", (int)outputs[i]);
                }
                printf("\n");
            }
            return 0;
        }

        """;
}
