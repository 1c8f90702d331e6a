namespace QuantGen.Linear;

/// <summary>A kernel that computes products of a linear layer. Implemented by generated structs.</summary>
public interface IProductKernel
{
    /// <summary>Gets what the kernel multiplies with, for profiles and ceilings.</summary>
    static abstract MultiplyUnit Unit { get; }
}
