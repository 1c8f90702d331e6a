namespace QuantGen.Onnx;

/// <summary>One operation of a graph.</summary>
/// <param name="Name">Its name; the first output's where it has none.</param>
/// <param name="Operator">What it does.</param>
/// <param name="Domain">Whose operator that is; empty for ONNX itself.</param>
/// <param name="Inputs">The values it reads; an empty name stands for one that is left out.</param>
/// <param name="Outputs">The values it makes.</param>
/// <param name="Attributes">Its parameters by name.</param>
internal sealed record OnnxNode(
    string Name, string Operator, string Domain, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs,
    IReadOnlyDictionary<string, OnnxAttribute> Attributes)
{
    /// <summary>Gets an input; an empty name where there is none.</summary>
    public string Input(int index) => index < Inputs.Count ? Inputs[index] : string.Empty;

    /// <summary>Gets a whole number.</summary>
    public long Number(string name, long absent) => Attributes.TryGetValue(name, out OnnxAttribute? attribute) ? attribute.Number : absent;

    /// <summary>Gets a float.</summary>
    public float Real(string name, float absent) => Attributes.TryGetValue(name, out OnnxAttribute? attribute) ? attribute.Real : absent;

    /// <summary>Gets a text.</summary>
    public string Text(string name, string absent) => Attributes.TryGetValue(name, out OnnxAttribute? attribute) ? attribute.Text : absent;

    /// <summary>Gets whole numbers; none where they are absent.</summary>
    public IReadOnlyList<long> Numbers(string name) => Attributes.TryGetValue(name, out OnnxAttribute? attribute) ? attribute.Numbers : [];
}

/// <summary>A parameter of an operation, of whichever type was set.</summary>
internal sealed class OnnxAttribute
{
    /// <summary>Gets or sets the whole number.</summary>
    public long Number { get; set; }

    /// <summary>Gets or sets the float.</summary>
    public float Real { get; set; }

    /// <summary>Gets or sets the text.</summary>
    public string Text { get; set; } = string.Empty;

    /// <summary>Gets the whole numbers.</summary>
    public List<long> Numbers { get; } = [];

    /// <summary>Gets or sets the tensor.</summary>
    public OnnxTensor? Tensor { get; set; }
}
