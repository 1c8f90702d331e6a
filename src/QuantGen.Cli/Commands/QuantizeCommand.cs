using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using QuantGen.Cli.Compilation;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Jobs;
using QuantGen.Cli.Models;
using QuantGen.Cli.Options;
using QuantGen.Cli.Reporting;
using QuantGen.Files;
using QuantGen.Packed;
using QuantGen.Training.PostTraining;
using QuantGen.Training.PostTraining.Steps;
using QuantGen.Training.Reporting;

namespace QuantGen.Cli.Commands;

/// <summary>Makes a packed file of a checkpoint, without training.</summary>
internal sealed class QuantizeCommand : CliCommand
{
    private readonly QuantizeOptionSet _set = new();
    private readonly JobOptions _jobs = new();

    public QuantizeCommand(CliStreams streams)
        : base("quantize", "Quantize a checkpoint after training and write a packed file.", streams)
    {
        Add(_set.Directory);
        _set.AddTo(this);
        _jobs.AddTo(this);
        Validators.Add(RequireEssentials);
    }

    protected override void Execute(OptionValues values, Report report, CancellationToken cancellation)
    {
        _jobs.RequireSense(values);
        if (values.Get(_jobs.Collect) is string path)
        {
            Collect(new JobFolder(path), values, report, cancellation);
            return;
        }

        using QuantizeTask task = _set.Open(values);
        if (_jobs.Asking(values) is string option && !PostTrainingRecipes.HasJobs(task.Steps, task.Spec))
        {
            throw new UsageException(
                $"{option} has nothing to do: no step of the recipe has independent jobs; hessian and search have some, and mrem with \"parallel\":2");
        }

        if (values.Get(_jobs.Export) is string target)
        {
            Export(new JobFolder(target), values, task, report, cancellation);
            return;
        }

        JobFolder? folder = values.Has(_jobs.AtOnce) ? new JobFolder(task.Output + ".jobs") : null;
        string? state = task.Steps.Count > 0 ? folder?.State ?? StatePath(task.Output) : null;
        RequirePlace(values, values.Get(_set.Page), state ?? StatePath(task.Output));
        using RecipeRun run = task.Run(state, values.Has(_set.Page));
        Begin(run, values, report);
        var steps = new QuantizeSteps(run, report, cancellation);
        while (run.Pending.Count > 0)
        {
            if (folder is null || run.JobCount == 0)
            {
                steps.Next();
                continue;
            }

            if (!folder.Holds(run.StateSha256))
            {
                steps.Export(folder, () => Kept(values, folder));
            }

            steps.NextByProcesses(folder, values.Get(_jobs.AtOnce)!.Value, task.Options.Threads);
        }

        Finish(values, task, run, report, cancellation);
        folder?.Delete();
    }

    private void Export(JobFolder folder, OptionValues values, QuantizeTask task, Report report, CancellationToken cancellation)
    {
        folder.RequireNew();
        RequirePlace(values, values.Get(_set.Page), folder.State);
        using RecipeRun run = task.Run(folder.State, observes: false);
        Begin(run, values, report);
        new QuantizeSteps(run, report, cancellation).Export(folder, () => Kept(values, folder));
        if (report.IsJson)
        {
            report.Json(new { Step = run.Pending[0], Jobs = run.JobCount, Folder = folder.Path });
        }

        string quoted = ToolCommand.Quote([folder.Path]);
        report.Line(string.Create(CultureInfo.InvariantCulture, $"{run.JobCount} jobs of {run.Pending[0]}, a line of {JobFolder.Lines} each; then join them:"));
        report.Line($"(cd {quoted} && xargs -P 2 -I{{}} sh -c '{{}}' < {JobFolder.Lines})");
        report.Line($"quantgen quantize --collect {quoted}");
    }

    private void Collect(JobFolder folder, OptionValues given, Report report, CancellationToken cancellation)
    {
        int? job = _jobs.Job(given);
        RequireOnly(given, isJob: job is not null);
        JobManifest manifest = folder.Read();
        OptionValues values = Restored(folder, manifest, given);
        using QuantizeTask task = _set.Open(values);
        string state = StatePath(task.Output);
        if (job is null)
        {
            RequirePlace(given, values.Get(_set.Page), state);
        }

        using RecipeRun run = task.Run(job is null ? state : null, values.Has(_set.Page));
        if (job is null && File.Exists(state))
        {
            run.Resume();
        }
        else
        {
            run.Resume(folder.State);
            RequireWhole(folder, manifest, run);
        }

        var steps = new QuantizeSteps(run, report, cancellation);
        if (job is int number)
        {
            RunJob(folder, number, run, report, cancellation);
            return;
        }

        if (run.JobCount > 0 && run.Pending[0] == manifest.Step)
        {
            steps.Join(folder);
        }

        while (run.Pending.Count > 0)
        {
            steps.Next();
        }

        Finish(values, task, run, report, cancellation);
    }

    private static void RequireWhole(JobFolder folder, JobManifest manifest, RecipeRun run)
    {
        if (run.StateSha256 != manifest.StateSha256)
        {
            throw new ModelFormatException(folder.State, "SHA-256", $"{manifest.StateSha256}, as jobs.json has it", run.StateSha256!);
        }

        if (run.JobCount != manifest.Jobs || run.Pending[0] != manifest.Step)
        {
            throw new ModelFormatException(
                folder.Path, "jobs.json", FormattableString.Invariant($"{run.JobCount} jobs of {run.Pending.FirstOrDefault() ?? "no step"}"),
                FormattableString.Invariant($"{manifest.Jobs} of {manifest.Step}"));
        }
    }

    private static void RunJob(JobFolder folder, int job, RecipeRun run, Report report, CancellationToken cancellation)
    {
        if (job >= run.JobCount)
        {
            throw new UsageException(FormattableString.Invariant($"there is no job {job + 1}: {folder.Path} has {run.JobCount}"));
        }

        string result = folder.Result(job);
        bool wasDone = run.JobIssue(job, result) is null;
        if (!wasDone)
        {
            report.WithProgress(FormattableString.Invariant($"job {job + 1}"), progress =>
            {
                run.RunJob(job, result, progress, cancellation);
                return true;
            });
        }

        report.Line(string.Create(CultureInfo.InvariantCulture, $"job {job + 1} of {run.JobCount} {(wasDone ? "was done before" : "is done")}"));
        if (report.IsJson)
        {
            report.Json(new { Job = job + 1, Result = result });
        }
    }

    // What a folder keeps of a command line: all but where the work is done. Files that are read are copied, so that it is whole.
    private IReadOnlyList<JobArgument> Kept(OptionValues values, JobFolder folder)
    {
        var arguments = new List<JobArgument> { new(null, folder.Relative(values.Get(_set.Directory)), IsPath: true) };
        foreach (Option option in Options.Except([.. _jobs.All, Json, _set.Resume]))
        {
            arguments.AddRange(values.Given(option).Select(value =>
                CliOption.ReadsFile(option) ? new JobArgument(option.Name, folder.Import(option.Name, value), IsPath: true)
                : option == _set.Output || option == _set.Page ? new JobArgument(option.Name, folder.Relative(value), IsPath: true)
                : new JobArgument(option.Name, option is Option<bool> ? null : value, IsPath: false)));
        }

        return arguments;
    }

    private Option[] Changeable => [_set.Output, _set.Page, _set.Threads, _set.NoCache];

    private void RequireOnly(OptionValues given, bool isJob)
    {
        Option[] legal = [.. _jobs.All, Json, .. isJob ? [_set.Threads, _set.NoCache] : (Option[])[.. Changeable, _set.Resume]];
        if (given.Get(_set.Directory) is not null || Options.Except(legal).Any(given.Has))
        {
            string first = Options.Except(legal).FirstOrDefault(given.Has)?.Name ?? "the checkpoint";
            throw new UsageException($"the folder of --collect says {first} itself; beside it stand {string.Join(", ", legal.Select(option => option.Name))}");
        }
    }

    private OptionValues Restored(JobFolder folder, JobManifest manifest, OptionValues given)
    {
        Option[] changed = [.. Changeable.Where(given.Has)];
        string[] arguments =
        [
            .. folder.Arguments(manifest.Arguments.Where(argument => !changed.Any(option => option.Name == argument.Option))),
            .. changed.SelectMany(option => given.Given(option).Select(value => option is Option<bool> ? option.Name : $"{option.Name}={value}")),
        ];
        var values = new OptionValues(Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null }));
        return values.FirstError is null ? values : throw new ModelFormatException(folder.Path, "jobs.json", "arguments of quantize", values.FirstError);
    }

    // With --collect all of these are in the folder.
    private void RequireEssentials(CommandResult command)
    {
        if (command.GetResult(_jobs.Collect) is not null)
        {
            return;
        }

        if (command.GetResult(_set.Directory) is not { Tokens.Count: > 0 })
        {
            command.AddError($"Required argument missing for command: '{Name}'.");
        }

        foreach (Option option in (Option[])[_set.Output, _set.Bits])
        {
            if (command.GetResult(option) is null)
            {
                command.AddError($"Option '{option.Name}' is required.");
            }
        }
    }

    // What steps find is kept in a file, so that what was interrupted can go on.
    private void RequirePlace(OptionValues values, string? page, string state)
    {
        if (File.Exists(state) && !values.Get(_set.Resume))
        {
            throw new UsageException($"{state} holds what was interrupted; continue it with --resume, or delete it");
        }

        if (page is not null)
        {
            AtomicFile.RequireWritable(page);
            AtomicFile.RequireWritable(QuantizationReport.MarkdownOf(page));
        }

        AtomicFile.RequireWritable(state);
    }

    private void Begin(RecipeRun run, OptionValues values, Report report)
    {
        if (run.StatePath is string state && File.Exists(state))
        {
            run.Resume();
        }
        else if (values.Get(_set.Resume))
        {
            report.Line($"there is no {run.StatePath ?? StatePath(values.Get(_set.Output)!)} to continue from: starting");
        }
    }

    private void Finish(OptionValues values, QuantizeTask task, RecipeRun run, Report report, CancellationToken cancellation)
    {
        PostTrainingResult result = report.WithProgress("quantize", progress => run.Finish(progress, cancellation));
        using PackedModel packed = result.Builder.Build(task.Output);
        long bytes = packed.FileLength;
        SpecOutput.Save(packed, task.Output, cancellation);
        File.Delete(StatePath(task.Output));
        if (values.Get(_set.Page) is string page)
        {
            var loader = new SessionLoader(CompilationTarget.DefaultBatchTokens, 1, !values.Get(_set.NoCache));
            QuantizeOutput.SavePage(page, values.Get(_set.Directory), task.Output, (result, run), packed, loader, cancellation);
        }

        QuantizeOutput.Write(report, result, task.Spec, bytes);
    }

    /// <summary>Gets the file that an interrupted quantization continues from.</summary>
    internal static string StatePath(string output) => Path.GetFullPath(output) + ".quantization";
}
