using QuantGen.Execution;
using QuantGen.Specs;

namespace QuantGen;

/// <summary>A class that the compiler filled with the code of one model.</summary>
/// <typeparam name="TSelf">The class.</typeparam>
public interface IQuantizedModel<TSelf> : IDisposable
    where TSelf : IQuantizedModel<TSelf>
{
    /// <summary>Gets the model the code was generated for; a packed file must have been made for the same.</summary>
    static abstract ModelSpec Spec { get; }

    /// <summary>Gets the loaded model, for code that works with any class.</summary>
    InferenceSession Session { get; }

    /// <summary>Loads a packed model.</summary>
    /// <param name="path">A file that <c>quantgen quantize</c> wrote for the same model.</param>
    /// <param name="options">Threads, cancellation and so on; null for defaults.</param>
    /// <exception cref="OperationCanceledException">Loading was cancelled.</exception>
    /// <exception cref="ModelFormatException">The file is damaged or was made for another model.</exception>
    static abstract TSelf Load(string path, LoadOptions? options = null);

    /// <summary>Loads a packed model from memory, such as an embedded resource.</summary>
    /// <param name="file">The bytes of a packed file; they are not used after the call.</param>
    /// <param name="options">Threads, cancellation and so on; null for defaults.</param>
    /// <exception cref="OperationCanceledException">Loading was cancelled.</exception>
    /// <exception cref="ModelFormatException">The bytes are damaged or were made for another model.</exception>
    static abstract TSelf Load(ReadOnlyMemory<byte> file, LoadOptions? options = null);
}
