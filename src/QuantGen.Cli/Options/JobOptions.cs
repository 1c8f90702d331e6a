using System.CommandLine;
using QuantGen.Cli.Conventions;

namespace QuantGen.Cli.Options;

/// <summary>The options that say in which processes a recipe's independent parts are done.</summary>
internal sealed class JobOptions
{
    private readonly Option<int?> _job = CliOption.OptionalNumber(
        "--job", "With --collect: do this job of the folder, from 1, instead of joining; the lines of its jobs.txt do so.", least: 1);

    /// <summary>Gets the number of processes on this machine.</summary>
    public Option<int?> AtOnce { get; } = CliOption.OptionalNumber(
        "--jobs", "Do the recipe's independent jobs in so many processes, which share the threads.", least: 1, most: 1024);

    /// <summary>Gets the folder that receives jobs.</summary>
    public Option<string?> Export { get; } = CliOption.Text(
        "--export-jobs", "DIR", "Go on to the first step that has independent jobs, and write these into a new folder: one command a line in jobs.txt.");

    /// <summary>Gets the folder whose jobs are done, or joined.</summary>
    public Option<string?> Collect { get; } = CliOption.Text(
        "--collect", "DIR", "Join the results of exported jobs and do the rest; all other options are in the folder.");

    public void AddTo(Command command)
    {
        command.Add(AtOnce);
        command.Add(Export);
        command.Add(Collect);
        command.Add(_job);
    }

    /// <summary>Gets all of them: no folder of jobs keeps one.</summary>
    public IEnumerable<Option> All => [AtOnce, Export, Collect, _job];

    /// <summary>Gets which job is to be done, from 0; null to join.</summary>
    public int? Job(OptionValues values) => values.Get(_job) - 1;

    /// <summary>Refuses options that exclude each other.</summary>
    /// <exception cref="UsageException">There are some.</exception>
    public void RequireSense(OptionValues values)
    {
        Option[] modes = [.. new Option[] { AtOnce, Export, Collect }.Where(values.Has)];
        if (modes.Length > 1)
        {
            throw new UsageException($"{modes[0].Name} and {modes[1].Name} exclude each other");
        }

        if (values.Has(_job) && !values.Has(Collect))
        {
            throw new UsageException($"{_job.Name} needs {Collect.Name}");
        }
    }

    /// <summary>Gets the option, beside checkpoint and recipe, that asks for jobs; null for none.</summary>
    public string? Asking(OptionValues values) => new Option[] { AtOnce, Export }.FirstOrDefault(values.Has)?.Name;
}
