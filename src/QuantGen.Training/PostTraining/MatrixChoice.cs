using QuantGen.Specs;

namespace QuantGen.Training.PostTraining;

/// <summary>One way to store a matrix.</summary>
/// <param name="Bits">Bits of a weight.</param>
/// <param name="Groups">Groups of rows with a scale each; 1 with a codebook.</param>
/// <param name="HasCodebook">Whether weights are labels of a codebook, or evenly spaced codes.</param>
internal sealed record MatrixChoice(int Bits, int Groups, bool HasCodebook)
{
    /// <summary>Gets how a matrix is stored.</summary>
    public static MatrixChoice Of(MatrixSpec matrix) => new(matrix.Bits, matrix.GroupCount, matrix.HasCodebook);

    /// <summary>Gets a matrix that is stored this way, and in all else as it was.</summary>
    public MatrixSpec ApplyTo(MatrixSpec matrix) => this == Of(matrix) ? matrix : matrix with
    {
        Bits = Bits,
        GroupCount = Groups,
        GroupSize = HasCodebook ? 0 : matrix.GroupSize,
        Mapping = HasCodebook ? Mapping.Symmetric : matrix.Mapping,
        Storage = HasCodebook ? Storage.Codebook : Storage.Uniform,
    };
}
