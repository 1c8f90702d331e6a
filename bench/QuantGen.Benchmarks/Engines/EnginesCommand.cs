using System.CommandLine;
using System.CommandLine.Help;
using System.Diagnostics;
using System.Globalization;
using QuantGen.Benchmarks.Data;
using QuantGen.Cli.Engines;
using QuantGen.Cli.Measuring;
using QuantGen.Cli.Options;
using QuantGen.Trainable;
using QuantGen.Training.Batching;
using QuantGen.Training.Engines;

namespace QuantGen.Benchmarks.Engines;

/// <summary>The command <c>engines</c>: training steps of all engines of this build, in turns.</summary>
internal sealed class EnginesCommand : Command
{
    public const string Verb = "engines";

    private const int Sequences = 32;
    private static readonly string[] s_variables = ["OMP_NUM_THREADS", "OMP_WAIT_POLICY", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"];
    private readonly Option<string[]> _only = CliOption.Texts(
        "--only", "TEXT", $"Measures the models whose names contain this text: {string.Join(", ", EngineCase.All.Select(item => item.Name))}. [default: all]");
    private readonly Option<string?> _engine = CliOption.Text(
        "--engine", "NAME", "Measures one engine alone, as for the memory it takes: generated or torch. [default: all of this build]");
    private readonly Option<int> _runs = CliOption.Number("--runs", "Rounds to take the median of.", 7, least: 1, most: 10_000);
    private readonly Option<int> _threads = CliOption.Number("--threads", "Threads of all engines.", Environment.ProcessorCount, least: 1, most: 1024);
    private readonly Option<int> _shortest = CliOption.Number("--shortest", "Tokens of the shortest sequence.", 32, least: 1, most: 512);
    private readonly Option<int> _longest = CliOption.Number("--longest", "Tokens of the longest sequence.", 128, least: 1, most: 512);
    private readonly Option<string?> _device = CliOption.Device("--device", "Where torch computes: cpu, cuda or cuda:N. [default: cpu]");
    private readonly Option<ProductPrecision?> _precision = CliOption.Choice<ProductPrecision>(
        "--precision", "In what torch multiplies matrices.", ProductPrecision.Float32);
    private readonly Option<string?> _freeze = CliOption.Text(
        "--freeze", "PARTS", "Times steps with these parts frozen as well, such as embeddings,0-2. [default: only steps in which all learns]");
    private readonly Option<bool> _teacher = new("--with-teacher") { Description = "Steps learn from a teacher in full precision (KDLSQ-BERT's losses)." };
    private readonly Option<string?> _output = CliOption.Text(
        "--output", "PATH", "What is written, less .md and .json. [default: bench/results/engines.CPU, with -Nt behind it for N threads]");

    public EnginesCommand()
        : base(Verb, "Time training steps of generated code and, in builds that have it, of TorchSharp, in turns.")
    {
        Option[] all = [_only, _engine, _runs, _threads, _shortest, _longest, _device, _precision, _freeze, _teacher, _output, new HelpOption()];
        Array.ForEach(all, Add);
        SetAction(Run);
    }

    private int Run(ParseResult parse)
    {
        string[] only = parse.GetValue(_only) is { Length: > 0 } some ? some : [string.Empty];
        EngineCase[] cases = [.. EngineCase.All.Where(item => only.Any(text => item.Name.Contains(text, StringComparison.OrdinalIgnoreCase)))];
        if (cases.Length == 0)
        {
            Console.Error.WriteLine($"{_only.Name}: no model is called '{string.Join("' or '", only)}'");
            return 2;
        }

        (int runs, int threads, int shortest) = (parse.GetValue(_runs), parse.GetValue(_threads), parse.GetValue(_shortest));
        int longest = Math.Max(shortest, parse.GetValue(_longest));
        bool hasTeacher = parse.GetValue(_teacher);
        List<ITrainingEngine> engines = [new GeneratedEngine(BenchmarkModel.Loader(threads))];
        if (TrainingEngines.Present.Contains(TrainingEngines.Torch))
        {
            engines.Add(TrainingEngines.CreateTorch(
                parse.GetValue(_device) ?? TrainingEngines.Processor, parse.GetValue(_precision) ?? ProductPrecision.Float32));
        }

        if (parse.GetValue(_engine) is string name && engines.RemoveAll(engine => engine.Description.Name != name) >= 0
            && engines.Count == 0)
        {
            Console.Error.WriteLine($"{_engine.Name}: this build has no engine '{name}'");
            return 2;
        }

        string output = parse.GetValue(_output)
            ?? $"bench/results/engines.{CpuKind.Current.FileName}{(threads == 1 ? string.Empty : FormattableString.Invariant($"-{threads}t"))}";
        var rows = new List<IReadOnlyList<EngineRow>>();
        foreach (EngineCase item in cases)
        {
            Batch batches = EngineSteps.RandomBatch(item.Spec, Sequences, shortest, longest);
            rows.Add(Measure(item, engines, batches, threads, runs, parse.GetValue(_freeze), hasTeacher));
            foreach (EngineRow row in rows[^1])
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{row.Model}, {row.Engine}: {row.StepMs:0.0} ms a step, {row.RatioTo(rows[^1][0], time => time.Step):0.00} of {rows[^1][0].Engine}; " +
                        $"{row.ProcessorMs:0.0} ms of processors, {row.RatioTo(rows[^1][0], time => time.Processor):0.00}; at most " +
                        $"{Process.GetCurrentProcess().PeakWorkingSet64 / 1e9:0.00} GB so far, {row.PlannedBytes / 1e9:0.00} GB planned"));
            }

            // Large models take minutes: what there is, is kept.
            Write(parse, output, rows, threads, shortest, longest, hasTeacher);
        }

        return 0;
    }

    private static void Write(
        ParseResult parse, string output, List<IReadOnlyList<EngineRow>> rows, int threads, int shortest, int longest, bool hasTeacher)
    {
        IEnumerable<string> words = parse.Tokens.Select(token => token.Value.Contains(' ', StringComparison.Ordinal) ? $"'{token.Value}'" : token.Value);
        string command = $"{Variables()}dotnet run -c Release --project bench/QuantGen.Benchmarks -- {Verb} {string.Join(' ', words)}".TrimEnd();
        string batch = string.Create(
            CultureInfo.InvariantCulture,
            $"A step has {Sequences} sequences of {shortest} to {longest} tokens, spread evenly, {rows[0][0].Tokens} in all; dropout 0.1, " +
                $"AdamW on the host, {(hasTeacher ? "a teacher in full precision" : "no teacher")}.");
        EngineReport.Write(output, command, batch, threads, rows);
    }

    // What changes libtorch's threads belongs to the command.
    private static string Variables() => string.Concat(s_variables
        .Select(name => (name, Value: Environment.GetEnvironmentVariable(name))).Where(variable => !string.IsNullOrEmpty(variable.Value))
        .Select(variable => $"{variable.name}={variable.Value} "));

    private static EngineRow[] Measure(
        EngineCase item, IReadOnlyList<ITrainingEngine> engines, Batch batch, int threads, int runs, string? freeze, bool hasTeacher)
    {
        FrozenParts?[] parts = freeze is null ? [null] : [null, FrozenParts.Parse(freeze, item.Spec)];
        (ITrainingEngine Engine, FrozenParts? Frozen)[] all = [.. from engine in engines from frozen in parts select (engine, frozen)];
        EngineSteps[] steps = [.. all.Select(one => new EngineSteps(one.Engine, item, batch, threads, one.Frozen, hasTeacher))];

        // Just-in-time compilation, and the memory that both keep.
        Array.ForEach(steps, engine => _ = (engine.Step(), engine.Step()));
        StepTime[][] times = [.. steps.Select(_ => new StepTime[runs])];
        for (int run = 0; run < runs; run++)
        {
            for (int engine = 0; engine < steps.Length; engine++)
            {
                times[engine][run] = steps[engine].Step();
            }
        }

        Array.ForEach(steps, engine => engine.Dispose());
        return
        [
            .. all.Select((one, i) => new EngineRow(
                item.Name, one.Engine.Description + (one.Frozen is null ? string.Empty : $", frozen: {one.Frozen}"), batch.Inputs.TokenCount, times[i],
                steps[i].PlannedBytes)),
        ];
    }
}
