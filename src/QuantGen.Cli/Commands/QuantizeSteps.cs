using System.Globalization;
using QuantGen.Cli.Jobs;
using QuantGen.Cli.Reporting;
using QuantGen.Training.PostTraining.Steps;

namespace QuantGen.Cli.Commands;

/// <summary>Runs the steps of a recipe for the command line, in this process and in others.</summary>
/// <param name="run">The recipe.</param>
/// <param name="report">Who is told.</param>
/// <param name="cancellation">Stops the work.</param>
internal sealed class QuantizeSteps(RecipeRun run, Report report, CancellationToken cancellation)
{
    /// <summary>Runs the next step.</summary>
    public void Next()
    {
        TellMemory(run.Pending[0]);
        WithProgress(progress => run.RunNext(progress, cancellation));
    }

    /// <summary>Runs the steps before the first one that has jobs, and makes these ready in a folder.</summary>
    /// <param name="folder">The folder, whose state the run keeps.</param>
    /// <param name="arguments">The command line that the folder keeps.</param>
    public void Export(JobFolder folder, Func<IReadOnlyList<JobArgument>> arguments)
    {
        while (run.JobCount == 0)
        {
            Next();
        }

        TellMemory($"each job of {run.Pending[0]}");
        run.PrepareJobs(cancellation);
        folder.Write(new JobManifest(JobManifest.Version, run.Pending[0], run.JobCount, run.StateSha256!, arguments()));
    }

    /// <summary>Does the jobs of the next step in other processes, and then the rest of it here.</summary>
    /// <param name="folder">A folder that has them; results that are there are taken.</param>
    /// <param name="atOnce">The most processes.</param>
    /// <param name="threads">Threads of all.</param>
    public void NextByProcesses(JobFolder folder, int atOnce, int threads)
    {
        int[] open = [.. Enumerable.Range(0, run.JobCount).Where(job => run.JobIssue(job, folder.Result(job)) is not null)];
        int processes = Math.Max(1, Math.Min(atOnce, open.Length));
        WithProgress(progress => JobProcesses.Run(folder, open, processes, Math.Max(1, threads / processes), progress, cancellation));
        Join(folder);
    }

    /// <summary>Does the rest of the next step with the results of its jobs.</summary>
    /// <exception cref="InvalidDataException">Some are missing, damaged, or of other work.</exception>
    public void Join(JobFolder folder)
    {
        int[] jobs = [.. Enumerable.Range(0, run.JobCount)];
        string[] issues =
        [
            .. jobs.Select(job => (Job: job, Issue: run.JobIssue(job, folder.Result(job)))).Where(pair => pair.Issue is not null)
                .Select(pair => string.Create(CultureInfo.InvariantCulture, $"job {pair.Job + 1} is {pair.Issue}")),
        ];
        if (issues.Length > 0)
        {
            string found = string.Join(", ", issues);
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture, $"{folder.Path}: of {jobs.Length} results {found}; do these lines of {JobFolder.Lines} again"));
        }

        WithProgress(progress => run.RunNext([.. jobs.Select(folder.Result)], progress, cancellation));
    }

    private void TellMemory(string who)
    {
        if (run.MemoryOfNext(cancellation) is > 0 and long bytes)
        {
            report.Line(string.Create(CultureInfo.InvariantCulture, $"{who} needs about {(bytes + Environment.WorkingSet) / 1e6:N0} MB"));
        }
    }

    private void WithProgress(Action<IProgress<double>?> work) => report.WithProgress(run.Pending[0], progress =>
    {
        work(progress);
        return true;
    });
}
