using QuantGen.Cli.Conventions;

namespace QuantGen.Cli.Tests;

public sealed class MisuseTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    [Theory]
    [InlineData("command was not provided")]
    [InlineData("'frobnicate'", "frobnicate")]
    [InlineData("missing for command: 'inspect'", "inspect")]
    [InlineData("'--colour'", "inspect", "CHECKPOINT", "--colour")]
    [InlineData("'--bits' is required", "quantize", "CHECKPOINT", "-o", "x")]
    [InlineData("'--output' is required", "quantize", "CHECKPOINT", "--bits", "4")]
    [InlineData("--bits takes 1, 2, 3, 4, 5, 6, 7, 8 or 32, and it is '9'", "quantize", "CHECKPOINT", "-o", "x", "--bits", "9")]
    [InlineData("--embedding-bits takes 1, 2, 3, 4, 5, 6, 7, 8 or 32, and it is '9'", "quantize", "CHECKPOINT", "-o", "x", "--bits", "4", "--embedding-bits",
        "9")]
    [InlineData("--clipping takes min-max or percentile or mse, and it is 'hard'", "quantize", "CHECKPOINT", "-o", "x", "--bits", "4", "--clipping", "hard")]
    [InlineData("--mapping takes symmetric or asymmetric", "quantize", "CHECKPOINT", "-o", "x", "--bits", "4", "--mapping", "1")]
    [InlineData(
        "--scheme takes linear (q8bert) or lsq or ternary or k-means or linear-clusters or binarybert or bit or bibert or fullyqt, and it is 'median'",
        "quantize",
        "CHECKPOINT", "-o", "x", "--bits", "4", "--scheme", "median")]
    [InlineData("cannot have 1 bits with the scheme lsq; use 2, 3, 4, 5, 6, 7 or 8", "quantize", "CHECKPOINT", "-o", "x", "--bits", "1", "--scheme", "lsq")]
    [InlineData("Weights cannot have 8 bits with a codebook", "quantize", "CHECKPOINT", "-o", "x", "--bits", "8", "--scheme", "kmeans")]
    [InlineData(
        "The embedding cannot have 1 bits with the scheme lsq; use 2, 3, 4, 5, 6, 7 or 8", "quantize", "CHECKPOINT", "-o", "x", "--bits", "4",
        "--embedding-bits", "1", "--scheme", "lsq")]
    [InlineData("which excludes 4 groups of rows", "quantize", "CHECKPOINT", "-o", "x", "--bits", "4", "--scheme", "k-means", "--groups", "4")]
    [
        InlineData(
            "--cluster-iterations needs --scheme k-means", "quantize", "CHECKPOINT", "-o", "x", "--bits", "4", "--scheme", "linear-clusters",
            "--cluster-iterations", "4"),
    ]
    [InlineData("the nearest legal count is 8", "quantize", "CHECKPOINT", "-o", "x", "--bits", "4", "--groups", "7")]
    [InlineData("--samples needs --calibration", "quantize", "CHECKPOINT", "-o", "x", "--bits", "4", "--samples", "4")]
    [InlineData("--seed needs --calibration or --scheme k-means", "quantize", "CHECKPOINT", "-o", "x", "--bits", "4", "--seed", "4")]
    [InlineData("PATTERN=N", "quantize", "CHECKPOINT", "-o", "x", "--bits", "4", "--layer-bits", "pooler.dense")]
    [InlineData("matches no matrix", "quantize", "CHECKPOINT", "-o", "x", "--bits", "4", "--layer-bits", "decoder.*=4")]
    [InlineData("there is no text", "run", "CHECKPOINT")]
    [InlineData("2 --text and 1 --pair", "run", "CHECKPOINT", "--text", "a", "--text", "b", "--pair", "c")]
    [InlineData("--pair needs --text", "tokenize", "CHECKPOINT", "--pair", "c")]
    [InlineData("--threads takes a whole number from 1 to 1024, and it is '0'", "run", "CHECKPOINT", "--text", "a", "--threads", "0")]
    [InlineData("--max-length is 25, and this model takes at most 24 tokens", "run", "CHECKPOINT", "--text", "a", "--max-length", "25")]
    [InlineData("evaluate needs --data, or --text for a masked language model", "evaluate", "CHECKPOINT")]
    [InlineData("missing for option: '--data'", "evaluate", "CHECKPOINT", "--data")]
    [InlineData("nothing to measure", "bench")]
    [InlineData("not both", "bench", "CHECKPOINT", "--config", "config.json")]
    [InlineData("--bits needs --config", "bench", "CHECKPOINT", "--bits", "4")]
    [InlineData("--ensemble needs --config", "bench", "CHECKPOINT", "--ensemble", "2")]
    [InlineData("--shared-layers needs --config", "bench", "CHECKPOINT", "--shared-layers", "1")]
    [InlineData("--sequence-length is 25", "bench", "CHECKPOINT", "--sequence-length", "25")]
    [InlineData("--runs takes a whole number from 1", "bench", "CHECKPOINT", "--runs", "1e3")]
    [InlineData("--sequence-length says nothing about the tokens of a file", "bench", "CHECKPOINT", "--token-ids", "x", "--sequence-length", "8")]
    [InlineData("--seed says nothing about the tokens of a file", "bench", "CHECKPOINT", "--token-ids", "x", "--seed", "8")]
    [InlineData("--runs and --interactive exclude each other", "bench", "CHECKPOINT", "--interactive", "--runs", "8")]
    [InlineData("--json and --interactive exclude each other", "bench", "CHECKPOINT", "--interactive", "--json")]
    [InlineData("--groups needs a checkpoint directory", "build", "PACKED", "-o", "x", "--groups", "4")]
    [InlineData("--class takes a C# name, and it is 'class'", "build", "PACKED", "-o", "x", "--class", "class")]
    [InlineData("--namespace takes C# names", "build", "PACKED", "-o", "x", "--namespace", "A..B")]
    [InlineData("positions for 24 tokens", "build", "PACKED", "-o", "x", "--max-sequence-length", "25")]
    public void Is_one_line_and_exit_code_2(string message, params string[] args) => Tool.Run(Resolve(args)).AssertFails(2, message);

    [Theory]
    [InlineData("no such file or directory", "inspect", "MISSING")]
    [InlineData("no such directory", "quantize", "MISSING", "-o", "x", "--bits", "4")]
    [InlineData("data.tsv: header length", "inspect", "DATA")]
    [InlineData("vocab.txt or a tokenizer.json", "tokenize", "EMPTY", "--text", "a")]
    [InlineData("model.safetensors", "inspect", "EMPTY")]
    [InlineData("config.json", "evaluate", "CHECKPOINT", "--data", "CHECKPOINT/config.json")]
    public void Failure_is_one_line_and_exit_code_1(string message, params string[] args)
    {
        Directory.CreateDirectory(files.File("empty"));
        Tool.Run(Resolve(args)).AssertFails(1, message);
    }

    [Fact]
    public void Verbose_shows_the_stack_trace()
    {
        ToolResult result = Tool.Run("inspect", files.File("missing"), "--verbose");
        Assert.Equal(1, result.Code);
        Assert.Contains("   at ", result.Error);
    }

    [Theory]
    [InlineData("evaluate {packed} --data {data}")]
    [InlineData("quantize {checkpoint} -o {output} --bits 4")]
    [InlineData("quantize {checkpoint} -o {output} --bits 8 --calibration {data}")]
    [InlineData("train --from {checkpoint} --data {data} -o {output}")]
    [InlineData("distill --teacher {checkpoint} --data {data} --bits 2 -o {output}")]
    public async Task Interruption_is_one_line_and_exit_code_130_and_leaves_no_output(string command)
    {
        using var error = new StringWriter();
        var streams = new CliStreams(TextReader.Null, TextWriter.Null, error);
        string output = Path.Combine(files.File("interrupted"), "output");
        string[] args = [.. command.Split(' ').Select(arg => arg switch
        {
            "{packed}" => files.Packed, "{checkpoint}" => files.Checkpoint, "{data}" => files.Data, "{output}" => output, _ => arg,
        })];
        int code = await CliApplication.RunAsync(args, streams, new CancellationToken(canceled: true));
        Assert.Equal("quantgen: interrupted", error.ToString().TrimEnd());
        Assert.Equal(130, code);
        Assert.False(Path.Exists(output));
    }

    [Fact]
    public void Help_and_version_succeed()
    {
        Assert.Contains("quantgen [command]", Tool.Text("--help"));
        Assert.Contains("[default: 256]", Tool.Text("quantize", "--help"));
        Assert.NotEmpty(Tool.Text("--version"));
    }

    [Theory]
    [InlineData("inspect")]
    [InlineData("quantize")]
    [InlineData("tokenize")]
    [InlineData("run")]
    [InlineData("evaluate")]
    [InlineData("bench")]
    [InlineData("build")]
    [InlineData("vocabulary")]
    [InlineData("import")]
    public void Every_option_is_described(string command)
    {
        string help = Tool.Text(command, "--help");
        foreach (string line in help.Split('\n').Where(line => line.TrimStart().StartsWith("--", StringComparison.Ordinal)))
        {
            Assert.Matches(@"\S  +\S", line);
        }
    }

    private string[] Resolve(string[] args) => [.. args.Select(arg => arg
        .Replace("CHECKPOINT", files.Checkpoint)
        .Replace("PACKED", files.Packed)
        .Replace("DATA", files.Data)
        .Replace("MISSING", files.File("missing"))
        .Replace("EMPTY", files.File("empty")))];
}
