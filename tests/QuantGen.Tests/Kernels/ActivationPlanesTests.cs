using QuantGen.Kernels;
using QuantGen.Lanes;
using QuantGen.Quantization;

namespace QuantGen.Tests.Kernels;

/// <summary>Bits of a lane type equal those of the reference, for all sizes, within its memory.</summary>
public abstract class ActivationPlanesTests<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    [LanesTheory]
    [InlineData(1f, 0f, true)]
    [InlineData(0.3f, 0.25f, true)]
    [InlineData(0.8f, 0f, false)]
    [InlineData(0.5f, -0.75f, false)]
    public void Bits_equal_the_reference(float scale, float shift, bool isSigned)
    {
        var binarizer = new ElasticBinarizer(scale, shift, isSigned);
        foreach (int columns in Samples.Sizes)
        {
            Random random = new(columns);
            float[] first = Samples.Normal(random, columns);
            float[] second = [.. first.Select(_ => Samples.Special[random.Next(Samples.Special.Length)])];
            int stride = (columns + 191) / 192 * 24;
            using GuardedBuffer<float> rows = new([.. first, 1e30f, float.NaN, .. second]);
            using GuardedBuffer<byte> planes = new([.. Enumerable.Repeat((byte)9, 2 * stride)]);
            ActivationPlanes.Run<TLanes>(ref rows.Start, columns + 2, 2, columns, binarizer.Threshold, ref planes.Start, stride);
            Assert.Equal([.. Packed(first), .. Packed(second)], planes.Span.ToArray());

            byte[] Packed(float[] values)
            {
                byte[] bits = new byte[stride];
                for (int i = 0; i < columns; i++)
                {
                    bits[i / 8] |= (byte)(binarizer.Code(values[i]) << (i % 8));
                }

                return bits;
            }
        }
    }
}

public sealed class ActivationPlanes512Tests : ActivationPlanesTests<Lanes512>;

public sealed class ActivationPlanes256Tests : ActivationPlanesTests<Lanes256>;

public sealed class ActivationPlanes128Tests : ActivationPlanesTests<Lanes128>;

public sealed class ActivationPlanesScalarTests : ActivationPlanesTests<LanesScalar>;
