using QuantGen.Specs;

namespace QuantGen.Training.Losses;

/// <summary>Which layers of a teacher a student with fewer layers imitates: every so many, the last of each group.</summary>
public sealed class LayerMap
{
    private readonly int _ratio;

    /// <summary>Compares two models.</summary>
    /// <param name="teacher">The teacher.</param>
    /// <param name="student">The student, as wide as the teacher and with a number of layers that divides the teacher's.</param>
    /// <exception cref="ArgumentException">The student cannot imitate the teacher.</exception>
    public LayerMap(ModelSpec teacher, ModelSpec student)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(student);
        Require("hidden size", teacher.Dimensions.HiddenSize, student.Dimensions.HiddenSize);
        Require("vocabulary size", teacher.Dimensions.VocabularySize, student.Dimensions.VocabularySize);
        Require("number of outputs", teacher.OutputCount, student.OutputCount);
        if (student.Dimensions.Heads > teacher.Dimensions.Heads || student.HeadSize != teacher.HeadSize)
        {
            throw new ArgumentException(
                $"The teacher has {teacher.Dimensions.Heads} heads of {teacher.HeadSize}, and the student {student.Dimensions.Heads} of {student.HeadSize}; "
                    + "they must be equal, or fewer of the same size.");
        }

        if (teacher.Head != student.Head)
        {
            throw new ArgumentException($"The teacher's head is {SpecNames.Of(teacher.Head)}, and the student's is {SpecNames.Of(student.Head)}.");
        }

        if (teacher.Dimensions.Layers % student.Dimensions.Layers != 0)
        {
            throw new ArgumentException(
                $"A student of {student.Dimensions.Layers} layers cannot imitate a teacher of {teacher.Dimensions.Layers}; the number must divide it.");
        }

        _ratio = teacher.Dimensions.Layers / student.Dimensions.Layers;
    }

    /// <summary>Gets the teacher's hidden state for one of the student's; 0 is the embedding's output in both.</summary>
    /// <param name="hidden">Index of the student's hidden state.</param>
    public int Hidden(int hidden) => hidden * _ratio;

    /// <summary>Gets the teacher's layer for one of the student's, counted from 0: whose scores it imitates and whose weights it starts from.</summary>
    /// <param name="layer">Index of the student's layer.</param>
    public int Layer(int layer) => (layer * _ratio) + _ratio - 1;

    private static void Require(string what, int teacher, int student)
    {
        if (teacher != student)
        {
            throw new ArgumentException($"The teacher's {what} is {teacher}, and the student's is {student}; they must be equal.");
        }
    }
}
