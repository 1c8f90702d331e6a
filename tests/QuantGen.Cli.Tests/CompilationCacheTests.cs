using QuantGen.Cli.Compilation;

namespace QuantGen.Cli.Tests;

public sealed class CompilationCacheTests
{
    [Fact]
    public void Returns_what_was_written()
    {
        using var folder = new TemporaryFolder();
        var cache = new CompilationCache(Path.Combine(folder.Path, "new"));
        Assert.Null(cache.Read("key"));
        cache.Write("key", [1, 2, 3]);
        Assert.Equal([1, 2, 3], cache.Read("key")!);
        Assert.Null(cache.Read("other"));
        Assert.Single(Directory.GetFiles(Path.Combine(folder.Path, "new")));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(32)]
    [InlineData(34)]
    public void Damaged_entries_are_as_if_there_were_none(int length)
    {
        using var folder = new TemporaryFolder();
        var cache = new CompilationCache(folder.Path);
        cache.Write("key", [1, 2, 3]);
        string file = Assert.Single(Directory.GetFiles(folder.Path));
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..length]);
        Assert.Null(cache.Read("key"));
        cache.Write("key", [4]);
        Assert.Equal([4], cache.Read("key")!);
    }

    [Fact]
    public void Folder_that_cannot_be_made_is_no_error()
    {
        using var folder = new TemporaryFolder();
        var cache = new CompilationCache(Path.Combine(folder.Write("file", []), "below"));
        cache.Write("key", [1]);
        Assert.Null(cache.Read("key"));
    }

    [Fact]
    public void Keeps_the_newest_hundred()
    {
        using var folder = new TemporaryFolder();
        var cache = new CompilationCache(folder.Path);
        for (int i = 0; i < 105; i++)
        {
            cache.Write($"key{i}", [1]);
        }

        Assert.Equal(100, Directory.GetFiles(folder.Path).Length);
    }
}
