using System.CommandLine;
using QuantGen.Cli.Options;
using QuantGen.Peers.Racing;
using QuantGen.Peers.Reporting;

namespace QuantGen.Peers;

/// <summary>Lets QuantGen and ONNX Runtime take turns and writes what came of it.</summary>
internal sealed class RaceCommand : RootCommand
{
    private const string UsualModel = "../shared/models/all-MiniLM-L6-v2";

    private readonly Option<string[]> _only = new("--only")
    {
        HelpName = "NAME", AllowMultipleArgumentsPerToken = true,
        Description = $"Groups of rows: {string.Join(", ", RaceRows.Names)}. Files keep the rows of the other groups, where settings are the same.",
    };

    private readonly Option<bool> _quick = new("--quick")
    {
        Description = "5 runs, the rows with a target or of main interest, opponents as they were found best before.",
    };

    private readonly Option<int?> _runs =
        CliOption.OptionalNumber("--runs", "Timed runs of each side, after a warm-up. [default: 15, or 5 with --quick]", least: 1);
    private readonly Option<int> _burst = CliOption.Number("--burst", "Runs in a row before the other side's turn.", 1, least: 1);
    private readonly Option<int> _pause =
        CliOption.Number("--pause", "Milliseconds between turns; ONNX Runtime's threads spin for some 45 ms after a run.", 100, least: 0);
    private readonly Option<int> _seed = CliOption.Number("--seed", "Which weights are drawn.", 42, least: 1);
    private readonly Option<string?> _sentences =
        CliOption.Text("--sentences", "FILE", "Texts for base-ragged, one a line or a TSV; without it those rows are left out.");
    private readonly Option<string?> _vocabulary =
        CliOption.Text("--vocabulary", "PATH", "The vocab.txt, or a folder with one, for those texts; at most 30522 words.");
    private readonly Option<string?> _model = CliOption.Text(
        "--model", "DIR", $"A sentence encoder in Hugging Face layout for published-128 and query. [default: {UsualModel}, if it is there]");
    private readonly Option<string?> _verify =
        CliOption.Text("--verify", "DIR", "First compare the peer's graphs with the reference.json of a trained classifier.");
    private readonly Option<string> _output = new("--output")
    {
        HelpName = "DIR", Description = "Where peers.CPU.md, .json and .svg go, of each kind of processor its own.", DefaultValueFactory = _ => "bench/results",
    };

    public RaceCommand(IReadOnlyList<string> args)
        : base("Times QuantGen and ONNX Runtime alternately on the same shapes, in this process.")
    {
        _only.AcceptOnlyFromAmong([.. RaceRows.Names]);
        foreach (Option option in (Option[])[_only, _quick, _runs, _burst, _pause, _seed, _sentences, _vocabulary, _model, _verify, _output])
        {
            Add(option);
        }

        Validators.Add(result =>
        {
            if (result.GetResult(_sentences) is null != result.GetResult(_vocabulary) is null)
            {
                result.AddError($"{_sentences.Name} and {_vocabulary.Name} need each other.");
            }
        });
        SetAction((parse, cancellation) =>
        {
            Run(Read(parse), parse.GetValue(_only) ?? [], parse.GetValue(_output)!, args, cancellation);
            return Task.FromResult(0);
        });
    }

    /// <summary>Reads what a command line asks for.</summary>
    public RaceOptions Read(ParseResult parse)
    {
        bool isQuick = parse.GetValue(_quick);
        return new RaceOptions
        {
            Rows = RaceRows.Choose(parse.GetValue(_only) ?? [], isQuick),
            IsQuick = isQuick,
            Runs = parse.GetValue(_runs) ?? (isQuick ? 5 : 15),
            Burst = parse.GetValue(_burst),
            PauseMs = parse.GetValue(_pause),
            Seed = parse.GetValue(_seed),
            Sentences = parse.GetValue(_sentences),
            Vocabulary = parse.GetValue(_vocabulary),
            Model = parse.GetValue(_model) ?? (Directory.Exists(UsualModel) ? UsualModel : null),
            Verify = parse.GetValue(_verify),
        };
    }

    private static void Run(RaceOptions options, string[] only, string folder, IReadOnlyList<string> args, CancellationToken cancellation)
    {
        var files = new RaceFiles(folder);
        RaceReport? former = only.Length > 0 ? files.Read() : null;
        using var race = new Race(options, Console.Error.WriteLine, cancellation);
        string command = string.Join(' ', ["dotnet run -c Release --project bench/QuantGen.Peers --", .. args]);
        RaceReport report = race.Run(command, found => files.Save(found.Beside(former, only)));
        Console.WriteLine($"\n{RaceText.Results(report.Results)}\n\n{string.Join('\n', RaceText.Notes(report))}\n\nwritten to {files.Name}.*");
    }
}
