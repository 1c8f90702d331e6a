using System.Globalization;
using QuantGen.Trainable;
using QuantGen.Training.Losses;

namespace QuantGen.Training.Distillation;

/// <summary>Lets a student start from its teacher's weights.</summary>
public static class StudentInitializer
{
    private const string LayerPrefix = "encoder.layer.";

    /// <summary>
    /// Copies weights; a student with fewer layers takes those of the layers it imitates. Thresholds and centroids are left to the student's quantizers.
    /// </summary>
    /// <param name="teacher">The teacher.</param>
    /// <param name="student">The student.</param>
    /// <exception cref="ArgumentException">The student cannot imitate the teacher.</exception>
    public static void Copy(ITrainableModel teacher, ITrainableModel student)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(student);
        var layers = new LayerMap(teacher.Spec, student.Spec);
        bool hasLayers = student.Spec.BlockCount > 1 || teacher.Spec.BlockCount > 1;
        Dictionary<string, Parameter> sources = teacher.Parameters.ToDictionary(parameter => parameter.Name, StringComparer.Ordinal);
        foreach (Parameter parameter in student.Parameters.Where(IsWeight))
        {
            string name = hasLayers ? SourceName(parameter.Name, layers) : parameter.Name;
            if (!sources.TryGetValue(name, out Parameter? source) || source.Values.Length != parameter.Values.Length)
            {
                throw new ArgumentException(
                    $"The teacher has no '{name}' of {parameter.Values.Length} values for the student's '{parameter.Name}'.", nameof(teacher));
            }

            source.Values.CopyTo(parameter.Values, 0);
        }
    }

    /// <summary>Says whether a parameter is one of a full-precision model too.</summary>
    /// <param name="parameter">The parameter.</param>
    public static bool IsWeight(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return parameter.Kind is ParameterKind.Weight or ParameterKind.Embedding or ParameterKind.Bias or ParameterKind.LayerNorm;
    }

    private static string SourceName(string name, LayerMap layers)
    {
        if (!name.StartsWith(LayerPrefix, StringComparison.Ordinal))
        {
            return name;
        }

        int dot = name.IndexOf('.', LayerPrefix.Length);
        int layer = int.Parse(name.AsSpan(LayerPrefix.Length, dot - LayerPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture);
        return LayerPrefix + layers.Layer(layer).ToString(CultureInfo.InvariantCulture) + name[dot..];
    }
}
