using QuantGen.Files;

namespace QuantGen.Tests.Execution;

public sealed class LibraryCallsTests
{
    [Fact]
    public void Models_load_and_run_where_the_C_library_is_not_found() =>
        Assert.Equal("True", ProbeProcess.Run(new Dictionary<string, string>(), "missing-library").Trim());

    [Fact]
    public void Calls_that_are_missing_do_not_work_and_other_failures_are_not_hidden()
    {
        Assert.True(LibraryCalls.Work(() => true));
        Assert.False(LibraryCalls.Work(() => false));
        Assert.False(LibraryCalls.Work(() => throw new DllNotFoundException()));
        Assert.False(LibraryCalls.Work(() => throw new EntryPointNotFoundException()));
        Assert.Throws<InvalidDataException>(() => LibraryCalls.Work(() => throw new InvalidDataException()));
    }
}
