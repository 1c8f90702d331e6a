namespace QuantGen.Tests;

/// <summary>Finds the folder of shared data beside the repository; tests that use it carry the trait Category=Shared.</summary>
internal static class SharedFiles
{
    /// <summary>Gets the repository's root.</summary>
    public static string Root
    {
        get
        {
            string? directory = AppContext.BaseDirectory;
            while (directory is not null && !System.IO.File.Exists(System.IO.Path.Combine(directory, "QuantGen.sln")))
            {
                directory = System.IO.Path.GetDirectoryName(directory);
            }

            return directory ?? throw new InvalidOperationException("The tests do not run below the repository's root.");
        }
    }

    /// <summary>Returns the path of a shared file or folder, or fails with its name when it is not there.</summary>
    public static string Path(string relative)
    {
        string path = System.IO.Path.Combine(Root, "..", "shared", relative);
        Assert.True(System.IO.Path.Exists(path), $"This test needs '../shared/{relative}' beside the repository, and it is not there.");
        return System.IO.Path.GetFullPath(path);
    }
}
