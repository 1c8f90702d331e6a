namespace QuantGen.Linear;

/// <summary>A micro-kernel that can also turn a panel's codes into bytes, which pays when many tokens share them. Implemented by generated structs.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IUnpackingKernel : ITileKernel
{
    /// <summary>Unpacks a panel: centered codes as bytes, in each step vector after vector.</summary>
    /// <param name="codes">The panel.</param>
    /// <param name="panelBytes">Its bytes.</param>
    /// <param name="unpacked">Receives a byte for every code.</param>
    static abstract void Unpack(ref byte codes, nint panelBytes, ref byte unpacked);
}
