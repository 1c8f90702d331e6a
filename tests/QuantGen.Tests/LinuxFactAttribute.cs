namespace QuantGen.Tests;

/// <summary>A test that is skipped, and counted as skipped, on other systems than Linux.</summary>
public sealed class LinuxFactAttribute : FactAttribute
{
    internal const string OtherSystem = "this machine does not run Linux";

    /// <summary>Creates the attribute.</summary>
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : OtherSystem;
}

/// <summary>As <see cref="LinuxFactAttribute"/>, for a test with rows of data.</summary>
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    /// <summary>Creates the attribute.</summary>
    public LinuxTheoryAttribute() => Skip = OperatingSystem.IsLinux() ? null : LinuxFactAttribute.OtherSystem;
}
