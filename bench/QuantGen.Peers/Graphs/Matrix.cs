namespace QuantGen.Peers.Graphs;

/// <summary>A weight matrix as a checkpoint has it.</summary>
/// <param name="Values">The weights, <c>[outputs, inputs]</c>.</param>
/// <param name="Outputs">Rows.</param>
/// <param name="Inputs">Columns.</param>
internal sealed record Matrix(float[] Values, int Outputs, int Inputs)
{
    /// <summary>Gets the weights as <c>[inputs, outputs]</c>.</summary>
    public float[] Transposed() => OperatorCodes.Transpose(Values, Outputs, Inputs);

    /// <summary>Puts matrices of the same inputs above each other.</summary>
    public static Matrix Stack(IReadOnlyList<Matrix> parts)
    {
        float[] values = new float[parts.Sum(part => part.Values.Length)];
        int at = 0;
        foreach (Matrix part in parts)
        {
            part.Values.CopyTo(values, at);
            at += part.Values.Length;
        }

        return new Matrix(values, parts.Sum(part => part.Outputs), parts[0].Inputs);
    }
}
