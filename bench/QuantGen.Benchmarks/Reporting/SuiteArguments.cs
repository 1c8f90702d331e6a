using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using QuantGen.Benchmarks.Data;

namespace QuantGen.Benchmarks.Reporting;

/// <summary>What the command line says beyond the options of BenchmarkDotNet, and the configuration of all suites.</summary>
internal sealed class SuiteArguments
{
    private readonly List<string> _rest = [];

    /// <summary>Takes <c>--text FILE</c> and <c>--job NAME</c> out of the arguments.</summary>
    /// <exception cref="FileNotFoundException">The text is not there.</exception>
    public SuiteArguments(IReadOnlyList<string> args)
    {
        ManualConfig config = ManualConfig.Create(DefaultConfig.Instance).AddDiagnoser(MemoryDiagnoser.Default);
        for (int i = 0; i < args.Count; i++)
        {
            if (args[i] == "--text" && i + 1 < args.Count)
            {
                string path = Path.GetFullPath(args[++i]);
                if (!File.Exists(path))
                {
                    throw new FileNotFoundException($"--text names no file: {path}");
                }

                // Benchmarks run in processes of their own, which inherit this.
                Environment.SetEnvironmentVariable(BenchmarkText.Variable, path);
            }
            else if (args[i] is "--job" or "-j" && i + 1 < args.Count && JobOf(args[i + 1]) is Job job)
            {
                // BenchmarkDotNet would add a job to those of a suite; as a mutator it shortens or lengthens each of them.
                config.AddJob(job.AsMutator());
                i++;
            }
            else
            {
                _rest.Add(args[i]);
            }
        }

        Config = config;
    }

    public string[] Rest => [.. _rest];

    public IConfig Config { get; }

    // Other names are left to BenchmarkDotNet, which says what is legal.
    private static Job? JobOf(string name) => name.ToUpperInvariant() switch
    {
        "DRY" => Job.Dry,
        "SHORT" => Job.ShortRun,
        "MEDIUM" => Job.MediumRun,
        "LONG" => Job.LongRun,
        "VERYLONG" => Job.VeryLongRun,
        _ => null,
    };
}
