using QuantGen.Execution;
using QuantGen.Linear;

namespace QuantGen.Tests.Execution;

public sealed class FirstTokensTests
{
    [Fact]
    public void Every_sequence_begins_in_exactly_one_item()
    {
        using ForwardPass pass = Pass(3, 1, 1, 5, 2);
        Assert.Equal((0, 1), FirstTokens.SequencesIn(pass, 0, 2));
        Assert.Equal((1, 0), FirstTokens.SequencesIn(pass, 2, 1));
        Assert.Equal((1, 3), FirstTokens.SequencesIn(pass, 3, 4));
        Assert.Equal((4, 1), FirstTokens.SequencesIn(pass, 7, 5));
    }

    [Fact]
    public void Gathered_rows_are_those_of_first_tokens_and_scattering_puts_them_back()
    {
        using ForwardPass pass = Pass(3, 1, 2);
        float[] rows = [.. Enumerable.Range(0, 6 * 4).Select(i => (float)i)];
        float[] gathered = new float[2 * 3];

        FirstTokens.Gather(pass, 1, 2, ref rows[0], 4, 3, ref gathered[0]);
        Assert.Equal([12f, 13, 14, 16, 17, 18], gathered);

        float[] target = new float[rows.Length];
        FirstTokens.Scatter(pass, 1, 2, ref gathered[0], 3, ref target[0], 4);
        Assert.Equal([12f, 13, 14, 0, 16, 17, 18, 0], target[12..20]);
        Assert.All(target[..12], x => Assert.Equal(0f, x));
    }

    [Fact]
    public void Items_over_sequences_cover_all_of_them()
    {
        using ForwardPass pass = Pass(Enumerable.Repeat(1, 21).ToArray());
        pass.Partition(1, 8);
        var seen = new List<int>();
        for (int item = 0; item < pass.SequenceItems; item++)
        {
            (int first, int count) = pass.SequencesOf(item);
            Assert.InRange(count, 1, 8);
            seen.AddRange(Enumerable.Range(first, count));
        }

        Assert.Equal(Enumerable.Range(0, 21), seen);
    }

    private static ForwardPass Pass(params int[] lengths)
    {
        var pass = new ForwardPass(new FakeProgram(SessionModel.Spec(BertHead.Regression)), new WeightArena(64), workers: 1);
        foreach (int length in lengths)
        {
            pass.Append(new int[length], new byte[length]);
        }

        return pass;
    }
}
