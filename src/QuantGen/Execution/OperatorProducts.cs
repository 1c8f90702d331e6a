using QuantGen.Linear;

namespace QuantGen.Execution;

/// <summary>Multiply-adds of one class of operators by one kind of kernel.</summary>
/// <param name="Operator">The class.</param>
/// <param name="Unit">What the kernel multiplies with.</param>
/// <param name="Bits">Bits of its weights; 32 for floats.</param>
/// <param name="MultiplyAdds">How many were executed, inputs that pad a row included.</param>
public readonly record struct OperatorProducts(OperatorClass Operator, MultiplyUnit Unit, int Bits, long MultiplyAdds);
