using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using QuantGen.Lanes;

namespace QuantGen.Linear;

/// <summary>What this machine has of <see cref="InstructionSet"/>.</summary>
internal static class InstructionSetSupport
{
    // By the very text that generated code asks with.
    private static readonly Dictionary<string, bool> s_answers = new(
    [
        Ask(Vector512.IsHardwareAccelerated && Avx512Vbmi.IsSupported),
        Ask(Vector512.IsHardwareAccelerated && Avx512BW.IsSupported),
        Ask(AvxVnni.IsSupported),
        Ask(Avx2.IsSupported),
        Ask(Dp.IsSupported),
        Ask(Vector128.IsHardwareAccelerated),
        Ask(LanesChoice.Use512),
        Ask(LanesChoice.Use256),
        Ask(LanesChoice.Use128),
        new(string.Empty, true),
    ]);

    /// <summary>Tells whether this machine has an instruction set.</summary>
    /// <param name="set">One of <see cref="InstructionSet.All"/>.</param>
    public static bool IsSupported(this InstructionSet set) => s_answers[set.Condition];

    private static KeyValuePair<string, bool> Ask(bool answer, [CallerArgumentExpression(nameof(answer))] string condition = "") => new(condition, answer);
}
