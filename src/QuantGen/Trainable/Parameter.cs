
namespace QuantGen.Trainable;

/// <summary>One named tensor of a trainable model, with its gradient.</summary>
/// <remarks>
/// Names are canonical: <c>encoder.layer.0.attention.self.query.weight</c> and <c>.bias</c> as in a checkpoint; a learned clipping threshold of a
/// weight is <c>NAME.weight_alpha</c>, the centroids of a codebook are <c>NAME.weight_centroids</c>, and the threshold of an activation site is
/// <c>SITE.alpha</c> with one element per use of the site. Activations of one bit have their scale there, and a shift in <c>SITE.shift</c>.
/// </remarks>
public sealed class Parameter
{
    private bool _isFrozen;

    /// <summary>Creates a parameter of zeros.</summary>
    /// <param name="name">The canonical name.</param>
    /// <param name="kind">What it is for, which decides learning rate and decay.</param>
    /// <param name="shape">Dimensions, outermost first.</param>
    public Parameter(string name, ParameterKind kind, params int[] shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        Name = name;
        Kind = kind;
        Shape = shape;
        int count = checked((int)shape.Aggregate(1L, (product, dimension) => product * dimension));
        Values = new float[count];
        Gradients = new float[count];
    }

    /// <summary>Gets the canonical name.</summary>
    public string Name { get; }

    /// <summary>Gets what it is for.</summary>
    public ParameterKind Kind { get; }

    /// <summary>Gets the dimensions, outermost first.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Gets the values, row-major.</summary>
    public float[] Values { get; }

    /// <summary>Gets the gradient of the loss, row-major; a backward pass adds to it. Empty while <see cref="IsFrozen"/>.</summary>
    public float[] Gradients { get; private set; }

    /// <summary>Gets or sets whether an optimizer may change it. Weights behind frozen codebook labels and running ranges are not trained.</summary>
    public bool IsTrained { get; set; } = true;

    /// <summary>
    /// Gets or sets whether training leaves it as it is: no optimizer changes it, no pass that trains moves it where it is a range, and no work is done for
    /// its gradient. It is set before an optimizer is made, and not between a forward pass and its backward pass. Default false.
    /// </summary>
    public bool IsFrozen
    {
        get => _isFrozen;
        set
        {
            if (value != _isFrozen)
            {
                _isFrozen = value;
                Gradients = value ? [] : new float[Values.Length];
            }
        }
    }

    /// <summary>
    /// Gets or sets a diagonal curvature, one positive number per value, which an optimizer keeps up to date where <see cref="WantsCurvature"/> says so.
    /// </summary>
    public float[]? Curvature { get; set; }

    /// <summary>Gets or sets whether the quantizer of this weight weighs its errors by <see cref="Curvature"/> (loss-aware ternarization).</summary>
    public bool WantsCurvature { get; set; }
}
