using QuantGen.Cli.Conventions;
using QuantGen.Packed;

namespace QuantGen.Cli.Models;

/// <summary>Opens what a path names: a checkpoint directory or a packed file.</summary>
internal static class ModelPath
{
    public const string Description = "A checkpoint directory in Hugging Face layout, used at 32 bits, or a packed file.";

    /// <summary>Says whether a path is a checkpoint directory.</summary>
    /// <exception cref="FileNotFoundException">There is neither a directory nor a file.</exception>
    /// <exception cref="UsageException">The path names a file inside a checkpoint directory.</exception>
    public static bool IsDirectory(string path)
    {
        if (Directory.Exists(path) || !File.Exists(path))
        {
            return Directory.Exists(path) ? true : throw new FileNotFoundException($"{path}: no such file or directory");
        }

        return CheckpointFiles.OwnerOf(path) is not string folder
            ? false
            : throw new UsageException($"{path} is a file of a checkpoint; give its directory, {folder}");
    }

    /// <summary>Opens a model; a directory becomes a packed model of full precision in memory.</summary>
    public static PackedModel Open(string path, CancellationToken cancellation)
    {
        if (!IsDirectory(path))
        {
            return PackedModel.Open(path);
        }

        using CheckpointModel checkpoint = CheckpointModel.Open(path);
        return checkpoint.ToFullPrecision(head: null, cancellation);
    }
}
