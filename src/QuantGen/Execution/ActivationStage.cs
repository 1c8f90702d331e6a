using System.Runtime.CompilerServices;
using QuantGen.Kernels;
using QuantGen.Linear;
using QuantGen.Quantization;
using QuantGen.Specs;

namespace QuantGen.Execution;

/// <summary>The step before a quantized product: rows of floats become codes, a byte or one bit each, in a worker's buffers. Profiles are told.</summary>
/// <param name="Codes">Offset of the codes.</param>
/// <param name="Scales">Offset of one scale per token.</param>
/// <param name="ZeroPoints">Offset of one zero point per token.</param>
/// <param name="Sums">Offset of one centered sum per token, or per token and group.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct ActivationStage(long Codes, long Scales, long ZeroPoints, long Sums)
{
    /// <summary>Gets the bits of a code, 1 to 8.</summary>
    public int Bits { get; init; } = 8;

    /// <summary>Quantizes each token by its own range.</summary>
    /// <param name="pass">The batch.</param>
    /// <param name="worker">Whose buffers.</param>
    /// <param name="input">First value of the first token.</param>
    /// <param name="inputStride">Floats from token to token.</param>
    /// <param name="count">Number of tokens.</param>
    /// <param name="columns">Values of a token.</param>
    public QuantizedRows PerToken(ForwardPass pass, int worker, ref float input, int inputStride, int count, int columns)
    {
        pass.Enter(worker, OperatorClass.ActivationCodes);
        int stride = KernelOrder.Pad(columns, KernelOrder.ColumnMultiple);
        ref byte codes = ref pass.Local(worker, Codes);
        ref float scales = ref pass.LocalFloats(worker, Scales);
        ref int zeroPoints = ref pass.LocalIntegers(worker, ZeroPoints);
        ref int sums = ref pass.LocalIntegers(worker, Sums);
        ActivationQuantizer.QuantizePerToken(ref input, inputStride, count, columns, ref codes, stride, ref scales, ref zeroPoints, ref sums, Bits);
        return new QuantizedRows(ref codes, ref scales, ref zeroPoints, ref sums, 1, stride, count);
    }

    /// <summary>Quantizes all tokens by a calibrated range.</summary>
    /// <param name="pass">The batch.</param>
    /// <param name="worker">Whose buffers.</param>
    /// <param name="input">First value of the first token.</param>
    /// <param name="inputStride">Floats from token to token.</param>
    /// <param name="count">Number of tokens.</param>
    /// <param name="columns">Values of a token.</param>
    /// <param name="scale">The calibrated scale.</param>
    /// <param name="zeroPoint">The calibrated zero point, below 2^bits; 2^(bits-1) means symmetric codes.</param>
    public QuantizedRows Static(ForwardPass pass, int worker, ref float input, int inputStride, int count, int columns, float scale, int zeroPoint)
    {
        pass.Enter(worker, OperatorClass.ActivationCodes);
        int stride = KernelOrder.Pad(columns, KernelOrder.ColumnMultiple);
        ref byte codes = ref pass.Local(worker, Codes);
        ref float scales = ref pass.LocalFloats(worker, Scales);
        ref int zeroPoints = ref pass.LocalIntegers(worker, ZeroPoints);
        ref int sums = ref pass.LocalIntegers(worker, Sums);
        ActivationQuantizer.QuantizeStatic(ref input, inputStride, count, columns, scale, zeroPoint, ref codes, stride, ref sums, Bits);
        for (int token = 0; token < count; token++)
        {
            Unsafe.Add(ref scales, token) = scale;
            Unsafe.Add(ref zeroPoints, token) = zeroPoint;
        }

        return new QuantizedRows(ref codes, ref scales, ref zeroPoints, ref sums, 1, stride, count);
    }

    /// <summary>Quantizes all tokens by a calibrated range that stands among the weights.</summary>
    /// <param name="pass">The batch.</param>
    /// <param name="worker">Whose buffers.</param>
    /// <param name="input">First value of the first token.</param>
    /// <param name="inputStride">Floats from token to token.</param>
    /// <param name="count">Number of tokens.</param>
    /// <param name="columns">Values of a token.</param>
    /// <param name="scales">Where the calibrated scales stand, one for each use of the layer.</param>
    /// <param name="zeroPoints">Where the calibrated zero points stand.</param>
    /// <param name="use">Which use.</param>
    public QuantizedRows Static(
        ForwardPass pass, int worker, ref float input, int inputStride, int count, int columns, long scales, long zeroPoints, int use) =>
        Static(
            pass, worker, ref input, inputStride, count, columns,
            Unsafe.Add(ref pass.WeightFloats(scales), use), Unsafe.Add(ref pass.WeightIntegers(zeroPoints), use));

    /// <summary>Quantizes all tokens by a range as it is, whose scale and center stand among the weights.</summary>
    /// <param name="pass">The batch.</param>
    /// <param name="worker">Whose buffers.</param>
    /// <param name="input">First value of the first token.</param>
    /// <param name="inputStride">Floats from token to token.</param>
    /// <param name="count">Number of tokens.</param>
    /// <param name="columns">Values of a token.</param>
    /// <param name="scales">Where the scale stands.</param>
    /// <param name="centers">Where the center stands; biases hold what it is worth.</param>
    public QuantizedRows Offset(
        ForwardPass pass, int worker, ref float input, int inputStride, int count, int columns, long scales, long centers)
    {
        pass.Enter(worker, OperatorClass.ActivationCodes);
        int stride = KernelOrder.Pad(columns, KernelOrder.ColumnMultiple);
        ref byte codes = ref pass.Local(worker, Codes);
        ref float tokenScales = ref pass.LocalFloats(worker, Scales);
        ref int zeroPoints = ref pass.LocalIntegers(worker, ZeroPoints);
        ref int sums = ref pass.LocalIntegers(worker, Sums);
        ActivationParameters range = ActivationParameters.FromCenter(pass.WeightFloats(scales), pass.WeightFloats(centers), Bits);
        ActivationQuantizer.QuantizeOffset(ref input, inputStride, count, columns, range, ref codes, stride, ref sums);
        for (int token = 0; token < count; token++)
        {
            Unsafe.Add(ref tokenScales, token) = range.Scale;
            Unsafe.Add(ref zeroPoints, token) = range.ZeroPoint;
        }

        return new QuantizedRows(ref codes, ref tokenScales, ref zeroPoints, ref sums, 1, stride, count);
    }

    /// <summary>Makes codes of integers, by constants that stand among the weights.</summary>
    /// <param name="pass">The batch.</param>
    /// <param name="worker">Whose buffers.</param>
    /// <param name="input">First value of the first token.</param>
    /// <param name="inputStride">Integers from token to token.</param>
    /// <param name="count">Number of tokens.</param>
    /// <param name="columns">Values of a token.</param>
    /// <param name="constants">Where the integers of the place's <see cref="FixedCodes"/> stand.</param>
    public QuantizedRows Fixed(ForwardPass pass, int worker, ref int input, int inputStride, int count, int columns, long constants)
    {
        pass.Enter(worker, OperatorClass.ActivationCodes);
        int stride = KernelOrder.Pad(columns, KernelOrder.ColumnMultiple);
        ref byte codes = ref pass.Local(worker, Codes);
        ref int sums = ref pass.LocalIntegers(worker, Sums);
        ref FixedCodes mapping = ref Unsafe.As<int, FixedCodes>(ref pass.WeightIntegers(constants));
        FixedQuantizer.Rows(ref input, inputStride, count, columns, mapping, ref codes, stride, ref sums);
        return new QuantizedRows(ref codes, ref Unsafe.NullRef<float>(), ref Unsafe.NullRef<int>(), ref sums, 1, stride, count);
    }

    /// <summary>Packs all tokens into planes of one bit, by a scale and a shift that stand among the weights.</summary>
    /// <param name="pass">The batch.</param>
    /// <param name="worker">Whose buffers.</param>
    /// <param name="input">First value of the first token.</param>
    /// <param name="inputStride">Floats from token to token.</param>
    /// <param name="count">Number of tokens.</param>
    /// <param name="columns">Values of a token.</param>
    /// <param name="scales">Where the scales stand, one for each use of the layer.</param>
    /// <param name="shifts">Where the shifts stand.</param>
    /// <param name="use">Which use.</param>
    /// <param name="isSigned">Whether codes stand for a scale of either sign rather than for 0 and the scale.</param>
    public QuantizedRows Planes(
        ForwardPass pass, int worker, ref float input, int inputStride, int count, int columns, long scales, long shifts, int use, bool isSigned)
    {
        pass.Enter(worker, OperatorClass.ActivationCodes);
        int stride = PanelPadding.PlaneBytes(columns);
        ref byte planes = ref pass.Local(worker, Codes);
        ref float steps = ref pass.LocalFloats(worker, Scales);
        ref int zeroPoints = ref pass.LocalIntegers(worker, ZeroPoints);
        ActivationPlanes.Pack(
            ref input, inputStride, count, columns, Unsafe.Add(ref pass.WeightFloats(scales), use), Unsafe.Add(ref pass.WeightFloats(shifts), use), isSigned,
            ref planes, stride, ref steps, ref zeroPoints);
        return new QuantizedRows(ref planes, ref steps, ref zeroPoints, ref pass.LocalIntegers(worker, Sums), 1, stride, count);
    }

    /// <summary>Adds the sums per group of inputs that weights with a zero point per group need.</summary>
    /// <param name="pass">The batch.</param>
    /// <param name="worker">Whose buffers.</param>
    /// <param name="rows">Quantized activations.</param>
    /// <param name="columns">Values of a token.</param>
    /// <param name="groupSize">Inputs of a group.</param>
    public QuantizedRows WithGroupSums(ForwardPass pass, int worker, QuantizedRows rows, int columns, int groupSize)
    {
        pass.Enter(worker, OperatorClass.ActivationCodes);
        ref int sums = ref pass.LocalIntegers(worker, Sums);
        ActivationSums.PerGroup(ref rows.Codes, rows.Stride, ref rows.ZeroPoints, rows.Count, columns, groupSize, ref sums);
        int groups = (columns + groupSize - 1) / groupSize;
        return new QuantizedRows(ref rows.Codes, ref rows.Scales, ref rows.ZeroPoints, ref sums, groups, rows.Stride, rows.Count);
    }
}
