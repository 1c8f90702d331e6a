using QuantGen.Checkpoints;
using QuantGen.Cli.Conventions;
using QuantGen.Packed;

namespace QuantGen.Cli.Models;

/// <summary>Keeps the files that users bring from being taken for outputs.</summary>
internal static class CheckpointFiles
{
    /// <summary>Gets the folder of a checkpoint that a file belongs to; null for a packed model and for files elsewhere.</summary>
    public static string? OwnerOf(string path)
    {
        string full = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(full) ?? full;
        return File.Exists(full) && File.Exists(Path.Combine(folder, "config.json")) && !IsPacked(full) ? folder : null;
    }

    /// <summary>Refuses to write a file over one of a checkpoint.</summary>
    /// <exception cref="UsageException">The file is there and belongs to a checkpoint.</exception>
    public static void RequireNone(string output)
    {
        if (OwnerOf(output) is string folder)
        {
            throw new UsageException($"--output would overwrite {output}, a file of the checkpoint in {folder}; give another, such as model.qg.safetensors");
        }
    }

    /// <summary>Refuses to write an output over what it is made from.</summary>
    /// <param name="option">The option that names the output.</param>
    /// <param name="output">The output; null for none.</param>
    /// <param name="inputs">The options that name inputs, and these.</param>
    /// <exception cref="UsageException">They are one and the same.</exception>
    public static void RequireOther(string option, string? output, params ReadOnlySpan<(string Option, string? Path)> inputs)
    {
        foreach ((string name, string? input) in inputs)
        {
            if (output is not null && input is not null && Path.Exists(output) && IsSame(output, input))
            {
                throw new UsageException($"{option} would overwrite {output}, which {name} reads; give another place");
            }
        }
    }

    private static bool IsSame(string one, string other) => string.Equals(
        Real(one), Real(other), OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);

    private static string Real(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        return (Directory.Exists(full) ? Directory.ResolveLinkTarget(full, returnFinalTarget: true) : File.ResolveLinkTarget(full, returnFinalTarget: true))
            ?.FullName ?? full;
    }

    private static bool IsPacked(string path)
    {
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            return file.Metadata.ContainsKey(PackedMetadata.SpecKey);
        }
        catch (ModelFormatException)
        {
            return false;
        }
    }
}
