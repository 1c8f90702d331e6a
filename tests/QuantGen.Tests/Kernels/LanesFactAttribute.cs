using Xunit.Sdk;

namespace QuantGen.Tests.Kernels;

/// <summary>A test in a class that is generic over a lane type: skipped, and counted as skipped, where this machine does not run those lanes.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("QuantGen.Tests.Kernels.LanesFactDiscoverer", "QuantGen.Tests")]
public sealed class LanesFactAttribute : FactAttribute;

/// <summary>As <see cref="LanesFactAttribute"/>, for a test with rows of data.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("QuantGen.Tests.Kernels.LanesTheoryDiscoverer", "QuantGen.Tests")]
public sealed class LanesTheoryAttribute : TheoryAttribute;
