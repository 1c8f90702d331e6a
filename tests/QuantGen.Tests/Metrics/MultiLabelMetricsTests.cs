using QuantGen.Tasks;

namespace QuantGen.Tests.Metrics;

public sealed class MultiLabelMetricsTests
{
    // Three rows of three labels.
    private static readonly bool[] s_truth = [true, false, true, false, true, false, true, true, false];
    private static readonly bool[] s_predictions = [true, false, false, false, true, true, true, false, false];

    [Fact]
    public void Values_are_those_made_by_hand()
    {
        // Label 0: 2 right, none wrong. Label 1: 1 right, 1 missed. Label 2: none right, 1 missed, 1 too many.
        Assert.Equal(1, MultiLabelMetrics.LabelF1(s_predictions, s_truth, 3, 0));
        Assert.Equal(2 / 3.0, MultiLabelMetrics.LabelF1(s_predictions, s_truth, 3, 1), 1e-12);
        Assert.Equal(0, MultiLabelMetrics.LabelF1(s_predictions, s_truth, 3, 2));
        Assert.Equal((1 + (2 / 3.0)) / 3, MultiLabelMetrics.MacroF1(s_predictions, s_truth, 3), 1e-12);

        // 3 right, 2 missed, 1 too many.
        Assert.Equal(6 / 9.0, MultiLabelMetrics.MicroF1(s_predictions, s_truth, 3), 1e-12);
        Assert.Equal(0, MultiLabelMetrics.ExactMatch(s_predictions, s_truth, 3));
        Assert.Equal(1, MultiLabelMetrics.ExactMatch(s_truth, s_truth, 3));
    }

    [Fact]
    public void Nothing_to_find_is_no_division_by_zero() => Assert.Equal(0, MultiLabelMetrics.MicroF1([false], [false], 1));

    [Fact]
    public void Rows_are_whole() => Assert.Throws<ArgumentException>(() => MultiLabelMetrics.MicroF1(s_truth, s_truth, 2));
}
