using QuantGen.Kernels;
using QuantGen.Lanes;
using QuantGen.Trainable.Kernels;

namespace QuantGen.Tests.Kernels;

/// <summary>Every kernel on a lane type equals the same kernel on <see cref="LanesScalar"/>, for all sizes, within its memory.</summary>
public abstract class KernelBitsTests<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    [LanesFact]
    public void Elementwise_functions()
    {
        foreach (int count in Sizes())
        {
            float[] input = Samples.Normal(new Random(count), count, 3f);
            Function<Gelu.ErfForm>(input);
            Function<Gelu.TanhForm>(input);
            Function<Tanh.Function>(input);
            Function<Activation.ReluForm>(input);
            Function<Activation.SiluForm>(input);
            Function<Activation.QuickGeluForm>(input);
        }

        Function<Activation.ReluForm>(Samples.Special);
        Function<Activation.SiluForm>(Samples.Special);
        Function<Activation.QuickGeluForm>(Samples.Special);
    }

    [LanesFact]
    public void Slopes_of_elementwise_functions()
    {
        foreach (int count in Sizes())
        {
            float[] input = Samples.Normal(new Random(count), count, 3f);
            Function<ActivationGradients.GeluErfSlope>(input);
            Function<ActivationGradients.GeluTanhSlope>(input);
            Function<ActivationGradients.TanhSlope>(input);
            Function<ActivationGradients.ReluSlope>(input);
            Function<ActivationGradients.SiluSlope>(input);
            Function<ActivationGradients.QuickGeluSlope>(input);
        }
    }

    [LanesFact]
    public void Softmax_rows()
    {
        foreach (int count in Sizes())
        {
            int rows = count < 20 ? 19 : 2;
            float[] input = Samples.Normal(new Random(count), ((rows - 1) * (count + 3)) + count, 8f);
            Compare<float>(
                input, buffer => Softmax.Run<TLanes>(ref buffer.Start, count + 3, rows, count),
                buffer => Softmax.Run<LanesScalar>(ref buffer.Start, count + 3, rows, count));
        }
    }

    [LanesFact]
    public void Layer_normalization_also_in_place()
    {
        foreach (int columns in Sizes())
        {
            Random random = new(columns);
            using GuardedBuffer<float> gamma = new(Samples.Normal(random, columns));
            using GuardedBuffer<float> beta = new(Samples.Normal(random, columns));
            float[] input = Samples.Normal(random, columns);
            Compare<float>(
                input,
                x => LayerNorm.Run<TLanes>(ref x.Start, ref gamma.Start, ref beta.Start, 1e-12f, columns, ref x.Start),
                x => LayerNorm.Run<LanesScalar>(ref x.Start, ref gamma.Start, ref beta.Start, 1e-12f, columns, ref x.Start));
            AddAndNormalize<PlainResidual>(random, input);
            AddAndNormalize<ScaledResidual>(random, input);
        }
    }

    private static void AddAndNormalize<TResidual>(Random random, float[] input)
        where TResidual : struct, IResidual
    {
        int columns = input.Length;
        using GuardedBuffer<float> factors = new(Samples.Normal(random, columns));
        using GuardedBuffer<float> gamma = new(Samples.Normal(random, columns));
        using GuardedBuffer<float> beta = new(Samples.Normal(random, columns));
        using GuardedBuffer<float> residual = new(Samples.Normal(random, columns));
        using GuardedBuffer<float> output = new(columns);
        void Run<T>(ref float x, ref float y)
            where T : struct, ILanes<T> =>
            LayerNorm.RunAdd<T, TResidual>(ref x, ref residual.Start, ref factors.Start, ref gamma.Start, ref beta.Start, 1e-12f, columns, ref y);

        float[] inPlace = Compare<float>(input, x => Run<TLanes>(ref x.Start, ref x.Start), x => Run<LanesScalar>(ref x.Start, ref x.Start));
        Run<TLanes>(ref input[0], ref output.Start);
        Samples.AssertSameBits(inPlace, output.Span);
        Run<TLanes>(ref input[0], ref residual.Start);
        Samples.AssertSameBits(inPlace, residual.Span);
    }

    [LanesFact]
    public void Layer_normalization_of_two_tokens()
    {
        foreach (int columns in Sizes().Where(size => size % 16 == 0))
        {
            AddAndNormalizeTwo<PlainResidual>(columns);
            AddAndNormalizeTwo<ScaledResidual>(columns);
        }
    }

    private static void AddAndNormalizeTwo<TResidual>(int columns)
        where TResidual : struct, IResidual
    {
        Random random = new(columns);
        using GuardedBuffer<float> factors = new(Samples.Normal(random, columns));
        using GuardedBuffer<float> gamma = new(Samples.Normal(random, columns));
        using GuardedBuffer<float> beta = new(Samples.Normal(random, columns));
        using GuardedBuffer<float> residual = new(Samples.Normal(random, 2 * columns));
        Compare<float>(
            Samples.Normal(random, 2 * columns),
            x => LayerNormPair.RunAdd<TLanes, TResidual>(
                ref x.Start, ref residual.Start, ref factors.Start, ref gamma.Start, ref beta.Start, 1e-12f, columns, ref x.Start),
            x =>
            {
                for (int token = 0; token < 2; token++)
                {
                    ref float row = ref x.Span[token * columns];
                    LayerNorm.RunAdd<LanesScalar, TResidual>(
                        ref row, ref residual.Span[token * columns], ref factors.Start, ref gamma.Start, ref beta.Start, 1e-12f, columns, ref row);
                }
            });
    }

    [LanesFact]
    public void A_residual_with_factors_of_1_is_one_without()
    {
        foreach (int columns in Sizes())
        {
            Random random = new(columns);
            float[] ones = [.. Enumerable.Repeat(1f, columns)];
            float[] input = Samples.Normal(random, columns);
            float[] residual = Samples.Normal(random, columns);
            float[] plain = new float[columns];
            float[] scaled = new float[columns];
            LayerNorm.RunAdd<TLanes, PlainResidual>(ref input[0], ref residual[0], ref ones[0], ref ones[0], ref ones[0], 1e-12f, columns, ref plain[0]);
            LayerNorm.RunAdd<TLanes, ScaledResidual>(ref input[0], ref residual[0], ref ones[0], ref ones[0], ref ones[0], 1e-12f, columns, ref scaled[0]);
            Samples.AssertSameBits(plain, scaled);
        }
    }

    [LanesFact]
    public void Embeddings_of_every_width()
    {
        foreach (int columns in Sizes())
        {
            foreach (int bits in (int[])[2, 3, 4, 5, 6, 7, 8, 32])
            {
                Random random = new(columns);
                byte[] codes = new byte[((columns * bits) + 7) / 8];
                random.NextBytes(codes);
                if (bits == 32)
                {
                    System.Runtime.InteropServices.MemoryMarshal.AsBytes(Samples.Normal(random, columns).AsSpan()).CopyTo(codes);
                }

                using GuardedBuffer<byte> word = new(codes);
                using GuardedBuffer<float> type = new(Samples.Normal(random, columns));
                using GuardedBuffer<float> position = new(Samples.Normal(random, columns));
                using GuardedBuffer<float> gamma = new(Samples.Normal(random, columns));
                using GuardedBuffer<float> beta = new(Samples.Normal(random, columns));
                Compare<float>(
                    new float[columns],
                    y =>
                        Embedding.Run<TLanes>(
                            ref word.Start, bits, 0.03f, ref type.Start, ref position.Start, ref gamma.Start, ref beta.Start, 1e-12f, columns, ref y.Start),
                    y =>
                        Embedding.Run<LanesScalar>(
                            ref word.Start, bits, 0.03f, ref type.Start, ref position.Start, ref gamma.Start, ref beta.Start, 1e-12f, columns, ref y.Start));
            }
        }
    }

    [LanesFact]
    public void Embeddings_with_codes_of_positions()
    {
        foreach (int columns in Sizes())
        {
            Random random = new(columns);
            byte[] codes = new byte[2 * columns];
            random.NextBytes(codes);
            using GuardedBuffer<float> word = new(Samples.Normal(random, columns));
            using GuardedBuffer<byte> type = new(codes[..columns]);
            using GuardedBuffer<byte> position = new(codes[columns..]);
            using GuardedBuffer<float> gamma = new(Samples.Normal(random, columns));
            using GuardedBuffer<float> beta = new(Samples.Normal(random, columns));
            Compare<float>(
                new float[columns],
                y => Embedding.RunCodes<TLanes>(
                    ref word.Start, ref type.Start, 0.03f, ref position.Start, 0.07f, ref gamma.Start, ref beta.Start, 1e-12f, columns, ref y.Start),
                y => Embedding.RunCodes<LanesScalar>(
                    ref word.Start, ref type.Start, 0.03f, ref position.Start, 0.07f, ref gamma.Start, ref beta.Start, 1e-12f, columns, ref y.Start));
        }
    }

    [LanesFact]
    public void Dense_layers()
    {
        foreach (int columns in Sizes())
        {
            Random random = new(columns);
            int outputs = 1 + (columns % 9);
            using GuardedBuffer<float> x = new(Samples.Normal(random, columns + columns + 2));
            using GuardedBuffer<float> weights = new(Samples.Normal(random, columns * outputs));
            using GuardedBuffer<float> bias = new(Samples.Normal(random, outputs));
            Compare<float>(
                new float[outputs + outputs + 1],
                y => Dense.Run<TLanes>(ref x.Start, columns + 2, 2, ref weights.Start, ref bias.Start, columns, outputs, ref y.Start, outputs + 1),
                y => Dense.Run<LanesScalar>(ref x.Start, columns + 2, 2, ref weights.Start, ref bias.Start, columns, outputs, ref y.Start, outputs + 1));
        }
    }

    [LanesTheory]
    [InlineData(1, 64)]
    [InlineData(2, 16)]
    [InlineData(5, 32)]
    [InlineData(16, 64)]
    [InlineData(17, 64)]
    [InlineData(33, 48)]
    [InlineData(70, 1)]
    [InlineData(70, 13)]
    [InlineData(65, 80)]
    [InlineData(130, 64)]
    [InlineData(257, 31)]
    public void Attention_also_over_its_queries(int length, int headSize)
    {
        Random random = new(length);
        int stride = (3 * headSize) + 5;
        int used = ((length - 1) * stride) + headSize;
        using GuardedBuffer<float> key = new(Samples.Normal(random, used));
        using GuardedBuffer<float> value = new(Samples.Normal(random, used));
        using GuardedBuffer<float> scratch = new(Attention.ScratchFloats(length, headSize));
        using GuardedBuffer<float> context = new(length * headSize);
        float[] query = Samples.Normal(random, used);
        float[] over = Compare<float>(
            query,
            q =>
            Attention.Run<TLanes>(ref q.Start, ref key.Start, ref value.Start, stride, length, length, headSize, 0.3f, ref scratch.Start, ref q.Start,
            stride),
            q =>
            Attention.Run<LanesScalar>(ref q.Start, ref key.Start, ref value.Start, stride, length, length, headSize, 0.3f, ref scratch.Start, ref q.Start,
            stride));
        Attention.Run<TLanes>(ref query[0], ref key.Start, ref value.Start, stride, length, length, headSize, 0.3f, ref scratch.Start, ref context.Start,
            headSize);
        for (int i = 0; i < length; i++)
        {
            Samples.AssertSameBits(over.AsSpan(i * stride, headSize), context.Span.Slice(i * headSize, headSize));
        }
    }

    [LanesTheory]
    [InlineData(1, 64)]
    [InlineData(2, 16)]
    [InlineData(16, 64)]
    [InlineData(33, 48)]
    [InlineData(70, 1)]
    [InlineData(70, 13)]
    [InlineData(65, 80)]
    [InlineData(130, 64)]
    [InlineData(257, 31)]
    public void Quantized_attention_also_over_its_queries(int length, int headSize)
    {
        Random random = new(length);
        int stride = (3 * headSize) + 5;
        int used = ((length - 1) * stride) + headSize;
        using GuardedBuffer<float> key = new(Samples.Normal(random, used));
        using GuardedBuffer<float> value = new(Samples.Normal(random, used));
        using GuardedBuffer<float> scratch = new(QuantizedAttention.ScratchFloats(length, headSize));
        foreach (int bits in (int[])[2, 3, 4, 6, 8])
        {
            AttentionOperands operands = QuantizedAttentionTests.Operands(bits, headSize);
            Compare<float>(
                Samples.Normal(random, used),
                q =>
                    QuantizedAttention.Run<TLanes>(
                        ref q.Start, ref key.Start, ref value.Start, stride, length, length, headSize, operands, ref scratch.Start, ref q.Start, stride),
                q =>
                    QuantizedAttention.Run<LanesScalar>(
                        ref q.Start, ref key.Start, ref value.Start, stride, length, length, headSize, operands, ref scratch.Start, ref q.Start, stride));
        }
    }

    private static void Function<TFunction>(float[] input)
        where TFunction : struct, ILaneFunction => Compare<float>(
            input,
            buffer => Elementwise.Run<TFunction, TLanes>(ref buffer.Start, ref buffer.Start, input.Length),
            buffer => Elementwise.Run<TFunction, LanesScalar>(ref buffer.Start, ref buffer.Start, input.Length));

    private static IEnumerable<int> Sizes() => Samples.Sizes;

    private static T[] Compare<T>(T[] content, Action<GuardedBuffer<T>> actual, Action<GuardedBuffer<T>> expected)
        where T : unmanaged
    {
        using GuardedBuffer<T> wanted = new(content);
        expected(wanted);
        using GuardedBuffer<T> found = new(content);
        actual(found);
        Samples.AssertSameBits(
            System.Runtime.InteropServices.MemoryMarshal.Cast<T, float>(wanted.Span), System.Runtime.InteropServices.MemoryMarshal.Cast<T, float>(found.Span));

        return wanted.Span.ToArray();
    }
}

public sealed class Kernels512BitsTests : KernelBitsTests<Lanes512>;

public sealed class Kernels256BitsTests : KernelBitsTests<Lanes256>;

public sealed class Kernels128BitsTests : KernelBitsTests<Lanes128>;
