using System.Security.Cryptography;
using System.Text;
using QuantGen.Execution;
using QuantGen.Files;
using QuantGen.Specs;

namespace QuantGen.Cli.Compilation;

/// <summary>
/// Keeps compiled models in a folder, because starting the compiler takes seconds. Whatever is wrong with an entry, it is as if there were none.
/// </summary>
/// <param name="directory">The folder; made when the first entry is written.</param>
internal sealed class CompilationCache(string directory)
{
    // A compiled model has a few hundred kilobytes.
    private const int MostEntries = 100;
    private const string Extension = ".model";

    /// <summary>Gets the cache in the user's cache folder; null where there is none.</summary>
    public static CompilationCache? ForUser()
    {
        string? root = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (!Path.IsPathRooted(root))
        {
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            root = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : home.Length > 0 ? Path.Combine(home, ".cache") : string.Empty;
        }

        return string.IsNullOrEmpty(root) ? null : new CompilationCache(Path.Combine(root, "quantgen"));
    }

    /// <summary>Names everything that the compiled code depends on.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="target">Names and bounds.</param>
    public static string Key(ModelSpec spec, CompilationTarget target)
    {
        string[] parts =
        [
            spec.CanonicalJson,
            target.ToString(),
            ModelCompiler.Version,
            typeof(InferenceSession).Module.ModuleVersionId.ToString(),
            typeof(CompilationCache).Module.ModuleVersionId.ToString(),
            Environment.Version.ToString(),
        ];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));
    }

    /// <summary>Gets a compiled model; null when it was never kept or is damaged.</summary>
    public byte[]? Read(string key)
    {
        try
        {
            byte[] entry = File.ReadAllBytes(PathOf(key));
            ReadOnlySpan<byte> assembly = entry.AsSpan(Math.Min(SHA256.HashSizeInBytes, entry.Length));
            return SHA256.HashData(assembly).AsSpan().SequenceEqual(entry.AsSpan(0, entry.Length - assembly.Length)) ? assembly.ToArray() : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps a compiled model; a folder that cannot be written to is no error.</summary>
    public void Write(string key, byte[] assembly)
    {
        try
        {
            Directory.CreateDirectory(directory);
            AtomicFile.Write(PathOf(key), stream => stream.Write([.. SHA256.HashData(assembly), .. assembly]));
            Prune();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next run compiles again.
        }
    }

    private string PathOf(string key) => Path.Combine(directory, key + Extension);

    private void Prune()
    {
        IEnumerable<FileInfo> old = new DirectoryInfo(directory).EnumerateFiles("*" + Extension).OrderByDescending(file => file.LastWriteTimeUtc)
            .Skip(MostEntries);
        foreach (FileInfo file in old)
        {
            file.Delete();
        }
    }
}
