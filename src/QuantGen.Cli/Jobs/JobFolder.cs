using System.Globalization;
using System.Text;
using QuantGen.Cli.Conventions;
using QuantGen.Files;

namespace QuantGen.Cli.Jobs;

/// <summary>A folder with the independent jobs of a quantization: its options, what the jobs begin with, a command for each, and their results.</summary>
/// <remarks>All paths in it are seen from the folder, so that machines may have it, and the checkpoint, at different places.</remarks>
/// <param name="path">The folder.</param>
internal sealed class JobFolder(string path)
{
    /// <summary>The file with a command a line.</summary>
    public const string Lines = "jobs.txt";

    private const string Script = "job.sh";
    private const string Inputs = "inputs";

    /// <summary>Gets the folder.</summary>
    public string Path { get; } = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));

    /// <summary>Gets the file that holds what the jobs begin with.</summary>
    public string State => File("state.safetensors");

    private string ManifestPath => File("jobs.json");

    /// <summary>Gets the file of a job's result.</summary>
    /// <param name="job">Which one, from 0.</param>
    public string Result(int job) => File(string.Create(CultureInfo.InvariantCulture, $"result-{job + 1}.job"));

    /// <summary>Reads what the folder holds.</summary>
    /// <exception cref="ModelFormatException">It holds no jobs, or those of another version.</exception>
    public JobManifest Read() => System.IO.File.Exists(ManifestPath) ? JobManifest.Read(ManifestPath)
        : Directory.Exists(Path) ? throw new ModelFormatException(Path, string.Empty, "a folder of exported jobs", "none: it has no jobs.json")
        : throw new DirectoryNotFoundException($"{Path}: no such directory");

    /// <summary>Says whether the folder has all that its jobs need, and what they begin with is this.</summary>
    public bool Holds(string? stateSha256) => System.IO.File.Exists(ManifestPath) && JobManifest.Read(ManifestPath).StateSha256 == stateSha256;

    /// <summary>Refuses a folder that holds something other than what was interrupted while it was written.</summary>
    /// <exception cref="UsageException">It does.</exception>
    public void RequireNew()
    {
        if (System.IO.File.Exists(ManifestPath))
        {
            throw new UsageException($"{Path} holds jobs already; join them with --collect, or give another folder");
        }

        if (Directory.Exists(Path) && !System.IO.File.Exists(State) && Directory.EnumerateFileSystemEntries(Path).Any())
        {
            throw new UsageException($"{Path} is not empty; jobs are written into a new folder");
        }
    }

    /// <summary>Copies a file into the folder and gets where it is there.</summary>
    /// <param name="option">The option that names it.</param>
    /// <param name="file">The file; it keeps its name.</param>
    public string Import(string option, string file)
    {
        string copy = System.IO.Path.Combine(Inputs, option.TrimStart('-'), System.IO.Path.GetFileName(file));
        AtomicFile.RequireWritable(File(copy));
        AtomicFile.Write(File(copy), stream =>
        {
            using FileStream source = System.IO.File.OpenRead(file);
            source.CopyTo(stream);
        });
        return copy;
    }

    /// <summary>Gets a path as it is seen from the folder.</summary>
    public string Relative(string other) => System.IO.Path.GetRelativePath(Path, System.IO.Path.GetFullPath(other));

    /// <summary>Gets the arguments of a command line that the folder keeps.</summary>
    public IEnumerable<string> Arguments(IEnumerable<JobArgument> kept) => kept.Select(argument =>
    {
        string? value = argument is { IsPath: true, Value: string relative } ? System.IO.Path.GetFullPath(relative, Path) : argument.Value;
        return argument.Option is null ? value ?? string.Empty : value is null ? argument.Option : $"{argument.Option}={value}";
    });

    /// <summary>Writes commands and options, these last: then the folder is complete.</summary>
    public void Write(JobManifest manifest)
    {
        // Readers of a job array differ in what quotes mean to them; these lines have nothing to quote, and the script is read by a shell alone.
        string lines = string.Concat(Enumerable.Range(1, manifest.Jobs).Select(job => string.Create(CultureInfo.InvariantCulture, $"sh {Script} {job}\n")));
        string script = $$"""
            #!/bin/sh
            # Does one job of this folder, from wherever it is called: sh {{Script}} N
            # QUANTGEN is the command of the tool where that is not the one that made the folder.
            folder=$(cd "$(dirname "$0")" && pwd) || exit 1
            if [ -n "${QUANTGEN:-}" ]; then
              exec $QUANTGEN quantize --collect "$folder" --job "$1"
            fi
            exec {{ToolCommand.Quote(ToolCommand.Words)}} quantize --collect "$folder" --job "$1"

            """.ReplaceLineEndings("\n");
        foreach ((string name, string text) in (ReadOnlySpan<(string, string)>)[(Script, script), (Lines, lines), ("jobs.json", manifest.Write())])
        {
            AtomicFile.Write(File(name), stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        }
    }

    /// <summary>Deletes the folder.</summary>
    public void Delete()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    private string File(string name) => System.IO.Path.Combine(Path, name);
}
