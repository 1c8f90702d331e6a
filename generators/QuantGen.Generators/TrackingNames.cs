namespace QuantGen.Generators;

/// <summary>Names of the pipeline's steps; tests assert by them what an edit re-runs.</summary>
internal static class TrackingNames
{
    public const string Classes = nameof(Classes);
    public const string Files = nameof(Files);
    public const string Inputs = nameof(Inputs);
    public const string Specs = nameof(Specs);
    public const string Kernels = nameof(Kernels);
}
