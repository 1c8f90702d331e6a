namespace QuantGen.Linear;

/// <summary>A kernel of full-precision weights.</summary>
/// <param name="Name">Start of the emitted structs' names.</param>
/// <param name="Set">What the processor must have.</param>
/// <param name="Unit">What it multiplies with, for profiles and rooflines.</param>
/// <param name="Type">The vector type.</param>
/// <param name="Factory">The static class that loads and broadcasts it.</param>
/// <param name="Load">The method that loads one.</param>
/// <param name="Broadcast">The method that repeats a number.</param>
/// <param name="Lanes">Floats of a vector.</param>
/// <param name="Tokens">Tokens of a tile.</param>
/// <param name="WideVectors">Vectors of the wide tile.</param>
/// <param name="NarrowVectors">Vectors of the tile for sixteen outputs.</param>
internal sealed record FloatKernelRow(
    string Name,
    InstructionSet Set,
    MultiplyUnit Unit,
    string Type,
    string Factory,
    string Load,
    string Broadcast,
    int Lanes,
    int Tokens,
    int WideVectors,
    int NarrowVectors);
