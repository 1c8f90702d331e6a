using System.Globalization;
using QuantGen.Quantization;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Batching;
using QuantGen.Training.Losses;

namespace QuantGen.Training.Distillation;

/// <summary>Lets a student start from its teacher's weights.</summary>
public static class StudentInitializer
{
    private const string LayerPrefix = "encoder.layer.";

    /// <summary>
    /// Copies weights; a student with fewer layers takes those of the layers it imitates, and pairs of one-bit matrices are split from them. Thresholds and
    /// centroids are left to the student's quantizers.
    /// </summary>
    /// <param name="teacher">The teacher.</param>
    /// <param name="student">The student.</param>
    /// <exception cref="ArgumentException">The student cannot imitate the teacher.</exception>
    public static void Copy(ITrainableModel teacher, ITrainableModel student)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(student);
        var layers = new LayerMap(teacher.Spec, student.Spec);
        Dictionary<string, Parameter> sources = teacher.Parameters.ToDictionary(parameter => parameter.Name, StringComparer.Ordinal);
        foreach (Parameter parameter in student.Parameters.Where(IsWeight))
        {
            string name = SourceName(parameter.Name, teacher, student, layers);
            if (!sources.TryGetValue(name, out Parameter? source) || !Fill(parameter, student.Spec, source.Values))
            {
                throw new ArgumentException(
                    $"The teacher has no '{name}' of {parameter.Values.Length} values for the student's '{parameter.Name}'.", nameof(teacher));
            }
        }
    }

    /// <summary>Copies weights, and sets the student's quantizers from them and from one batch.</summary>
    /// <param name="teacher">The teacher.</param>
    /// <param name="student">The student.</param>
    /// <param name="source">What it will learn from.</param>
    /// <exception cref="ArgumentException">The student cannot imitate the teacher.</exception>
    public static void Start(ITrainableModel teacher, ITrainableModel student, BatchSource source)
    {
        Copy(teacher, student);
        QuantizerInitialization.Run(student, source);
    }

    /// <summary>Continues a student of ternary weights as one whose matrices are pairs, with the same outputs: weights are split, all else is copied.</summary>
    /// <param name="ternary">The student so far.</param>
    /// <param name="pairs">The same model in pairs.</param>
    /// <exception cref="ArgumentException">They are not the same model.</exception>
    public static void Split(ITrainableModel ternary, ITrainableModel pairs)
    {
        ArgumentNullException.ThrowIfNull(ternary);
        ArgumentNullException.ThrowIfNull(pairs);
        Dictionary<string, Parameter> sources = ternary.Parameters.ToDictionary(parameter => parameter.Name, StringComparer.Ordinal);
        foreach (Parameter parameter in pairs.Parameters)
        {
            if (!sources.TryGetValue(parameter.Name, out Parameter? source) || !Fill(parameter, pairs.Spec, source.Values))
            {
                throw new ArgumentException($"The model has no '{parameter.Name}' to split or to copy.", nameof(ternary));
            }
        }
    }

    /// <summary>Says whether a parameter is one of a full-precision model too.</summary>
    /// <param name="parameter">The parameter.</param>
    public static bool IsWeight(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return parameter.Kind is ParameterKind.Weight or ParameterKind.Embedding or ParameterKind.Bias or ParameterKind.LayerNorm;
    }

    /// <summary>Gets the name of the teacher's parameter that a student's begins as.</summary>
    internal static string SourceName(string name, ITrainableModel teacher, ITrainableModel student, LayerMap layers)
    {
        bool hasLayers = student.Spec.BlockCount > 1 || teacher.Spec.BlockCount > 1;
        if (!hasLayers || !name.StartsWith(LayerPrefix, StringComparison.Ordinal))
        {
            return name;
        }

        int dot = name.IndexOf('.', LayerPrefix.Length);
        int layer = int.Parse(name.AsSpan(LayerPrefix.Length, dot - LayerPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture);
        return LayerPrefix + layers.Layer(layer).ToString(CultureInfo.InvariantCulture) + name[dot..];
    }

    /// <summary>Fills a parameter, a pair with both halves; says whether there were as many values as it needs.</summary>
    internal static bool Fill(Parameter parameter, ModelSpec spec, float[] values)
    {
        MatrixSpec? pair = parameter.Kind == ParameterKind.Weight ? spec.Matrices.FirstOrDefault(m => m.IsPair && m.Name + ".weight" == parameter.Name)
            : spec.HasEmbeddingPair && parameter.Name == PackedLayout.WordEmbedding + ".weight"
            ? SchemeQuantizer.EmbeddingPair(spec) : null;
        if (values.Length * (pair is null ? 1 : 2) != parameter.Values.Length)
        {
            return false;
        }

        (pair is null ? values : SchemeQuantizer.Split(pair, values)).CopyTo(parameter.Values, 0);
        return true;
    }
}
