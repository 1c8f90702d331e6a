using Xunit.Abstractions;
using Xunit.Sdk;

namespace QuantGen.Tests.Kernels;

/// <summary>Makes the test case of a <see cref="LanesFactAttribute"/>, or one that only says why it is skipped.</summary>
/// <param name="diagnostics">Where the runner wants messages.</param>
public sealed class LanesFactDiscoverer(IMessageSink diagnostics) : FactDiscoverer(diagnostics)
{
    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions options, ITestMethod method, IAttributeInfo attribute) =>
        LanesSkip.Reason(method) is string reason ? LanesSkip.Case(DiagnosticMessageSink, options, method, reason)
            : base.CreateTestCase(options, method, attribute);
}

/// <summary>Makes the test cases of a <see cref="LanesTheoryAttribute"/>, or one that only says why all are skipped.</summary>
/// <param name="diagnostics">Where the runner wants messages.</param>
public sealed class LanesTheoryDiscoverer(IMessageSink diagnostics) : TheoryDiscoverer(diagnostics)
{
    public override IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions options, ITestMethod method, IAttributeInfo attribute) =>
        LanesSkip.Reason(method) is string reason ? [LanesSkip.Case(DiagnosticMessageSink, options, method, reason)]
            : base.Discover(options, method, attribute);
}

/// <summary>When a test over a lane type is skipped.</summary>
internal static class LanesSkip
{
    /// <summary>Gets why the tests of a class cannot run here; null when they can.</summary>
    public static string? Reason(ITestMethod method)
    {
        Type? type = method.TestClass.Class.ToRuntimeType();
        while (type is { IsGenericType: false })
        {
            type = type.BaseType;
        }

        Type lanes = type?.GenericTypeArguments[0]
            ?? throw new InvalidOperationException($"{method.TestClass.Class.Name} has tests over lanes, and no base class says which");
        return Samples.Runs(lanes) ? null : $"this machine does not run {lanes.Name}";
    }

    public static IXunitTestCase Case(IMessageSink diagnostics, ITestFrameworkDiscoveryOptions options, ITestMethod method, string reason) =>
        new XunitSkippedDataRowTestCase(diagnostics, options.MethodDisplayOrDefault(), options.MethodDisplayOptionsOrDefault(), method, reason);
}
