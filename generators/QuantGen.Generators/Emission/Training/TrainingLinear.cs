using QuantGen.Specs;

namespace QuantGen.Generators.Emission.Training;

/// <summary>Emits calls of linear layers.</summary>
internal static class TrainingLinear
{
    public static void Forward(SourceWriter w, MatrixSpec matrix, string input, string count, string output, string offset, string stride) =>
        w.Lines($"{TrainingEmitter.Field(matrix.Name)}.Forward(Pass, {input}, {count}, new MatrixPlace({output}, {offset}, {stride}));");

    public static void Backward(
        SourceWriter w, MatrixSpec matrix, string input, string count, string gradient, string offset, string stride, string inputGradient, string accumulate) =>
        w.Lines($"{TrainingEmitter.Field(matrix.Name)}.Backward(Pass, {input}, {count}, new MatrixPlace({gradient}, {offset}, {stride}), {inputGradient}, accumulate: {accumulate});");
}
