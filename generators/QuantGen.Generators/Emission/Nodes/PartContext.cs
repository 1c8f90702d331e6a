using System.Globalization;
using QuantGen.Generators.Emission.Plans;
using QuantGen.Graph;

namespace QuantGen.Generators.Emission.Nodes;

/// <summary>What the emitters of steps need to know about the method they write into: where values are and how many rows there are.</summary>
internal sealed class PartContext
{
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);
    private readonly HashSet<string> _codes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _gathered = new(StringComparer.Ordinal);

    public PartContext(ModelPlan plan, PhasePart part, string count)
    {
        Plan = plan;
        Part = part;
        Count = count;
    }

    public ModelPlan Plan { get; }

    public PhasePart Part { get; }

    /// <summary>Gets the number of rows, as code.</summary>
    public string Count { get; }

    /// <summary>Gets which use of a shared layer, as code.</summary>
    public string Use => Part.Layer >= 0 && Plan.Graph.IsShared ? "use" : "0";

    /// <summary>Gets or sets whether calibration sees inputs here; not where it has seen them already.</summary>
    public bool IsObserved { get; init; } = true;

    /// <summary>Gets how to assign a variable of codes: with its type the first time.</summary>
    /// <param name="name">The variable.</param>
    public string Codes(string name) => _codes.Add(name) ? "QuantizedRows " + name : name;

    /// <summary>Gets whether values are integers.</summary>
    public bool IsInteger => Plan.Model.IsInteger;

    /// <summary>Gets how a step's results are rounded, or shown; null where they are neither.</summary>
    /// <param name="owner">The step's canonical name.</param>
    public RoundingCall? Rounding(string owner) => RoundingCall.Of(Plan, owner);

    /// <summary>Gets the ref to a value's first row.</summary>
    /// <param name="value">The value.</param>
    public string Ref(string value)
    {
        string variable = _variables[Key(value)];
        return _gathered.Contains(Key(value)) ? variable : value switch
        {
            Values.Key => $"Unsafe.Add(ref {variable}, {Plan.SizeOf(value)})",
            Values.Value => $"Unsafe.Add(ref {variable}, 2 * {Plan.SizeOf(value)})",
            _ => variable,
        };
    }

    /// <summary>Gets the distance between a value's rows.</summary>
    /// <param name="value">The value.</param>
    public string Stride(string value) => IsProjected(value) && !_gathered.Contains(Key(value)) ? "ProjectedStride" : Plan.SizeOf(value);

    /// <summary>Writes the declaration of the variable for a value, once.</summary>
    /// <param name="w">Where to.</param>
    /// <param name="value">The value.</param>
    /// <param name="row">The first row of shared buffers, as code.</param>
    public void Declare(SourceWriter w, string value, string row)
    {
        string key = Key(value);
        if (_variables.ContainsKey(key))
        {
            return;
        }

        string place = Plan.Values.PlaceOf(value);
        _variables.Add(key, key);
        string buffer = Identifier.Of(place);
        w.Lines(Plan.Memory.SharedPlaces.Contains(place)
            ? $"ref {Number} {key} = ref Unsafe.Add(ref {Shared(buffer)}, (nint){row} * {(IsProjected(value) ? "ProjectedStride" : Plan.SizeOf(value))});"
            : $"ref {Number} {key} = ref {Local(buffer)};");
    }

    /// <summary>Writes the declaration of a variable for rows of first tokens that are gathered into a worker's buffer.</summary>
    /// <param name="w">Where to.</param>
    /// <param name="value">The value.</param>
    public void DeclareGathered(SourceWriter w, string value)
    {
        string variable = Identifier.Field(value);
        _variables.Add(Key(value), variable);
        _gathered.Add(Key(value));
        w.Lines($"ref {Number} {variable} = ref {Local(IsProjected(value) ? "FirstContext" : "FirstHidden")};");
    }

    /// <summary>Gets whether a value lives in buffers that phases share.</summary>
    /// <param name="value">The value.</param>
    public bool IsShared(string value) => Plan.Memory.SharedPlaces.Contains(Plan.Values.PlaceOf(value));

    /// <summary>Gets whether a value stands beside query, key and value.</summary>
    /// <param name="value">The value.</param>
    public bool IsProjected(string value) => Plan.Values.PlaceOf(value) == ValuePlan.Projected;

    /// <summary>Gets a number as code.</summary>
    public static string N(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Gets the refs to factors and summands of a normalization, as code.</summary>
    public string NormWeights(string name) => $"ref {Weights(name + ".weight")}, ref {Weights(name + ".bias")}";

    /// <summary>Gets numbers among the weights, as code.</summary>
    public string Weights(string tensor) => $"pass.Weight{(IsInteger ? "Integers" : "Floats")}({Plan.Weights[tensor]})";

    /// <summary>Gets a buffer that phases share, as code.</summary>
    public string Shared(string buffer) => $"pass.Shared{(IsInteger ? "Integers" : string.Empty)}({buffer})";

    /// <summary>Gets a buffer of the worker, as code.</summary>
    public string Local(string buffer) => $"pass.Local{(IsInteger ? "Integers" : "Floats")}(worker, {buffer})";

    private string Number => IsInteger ? "int" : "float";

    // Contexts have a variable of their own beside the three projections.
    private string Key(string value) => value == Values.Context ? Values.Context : Identifier.Field(Plan.Values.PlaceOf(value));
}
