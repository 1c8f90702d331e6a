using QuantGen.Linear;
using QuantGen.Specs;

namespace QuantGen.Tests.Linear;

/// <summary>The registry of kernels is complete, and nothing else says otherwise.</summary>
public sealed class KernelRegistryTests
{
    public static TheoryData<int, bool> Formats
    {
        get
        {
            var formats = new TheoryData<int, bool>();
            foreach (int bits in KernelRegistry.Widths)
            {
                formats.Add(bits, false);
                formats.Add(bits, true);
            }

            return formats;
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_format_has_one_kernel_for_an_instruction_set_beside_those_that_are_timed_and_the_last_runs_everywhere(int bits, bool isGrouped)
    {
        IReadOnlyList<KernelRow> rows = KernelRegistry.For(bits, isGrouped);
        string[] conditions = [.. rows.Select(row => row.Condition)];

        Assert.Equal(conditions.Distinct(), conditions);
        Assert.Equal(ProductKind.Scalar, rows[^1].Kind);
        Assert.Empty(rows[^1].Condition);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_kernel_is_timed_against_kernels_of_its_format_that_stand_behind_it(int bits, bool isGrouped)
    {
        IReadOnlyList<KernelRow> rows = KernelRegistry.For(bits, isGrouped);
        Assert.All(rows, row => Assert.All(row.Rivals, rival => Assert.Contains(rows.SkipWhile(other => other != row), other => other.Name == rival.Name)));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Memory_is_laid_out_for_what_kernels_need(int bits, bool isGrouped)
    {
        IReadOnlyList<KernelRow> rows = KernelRegistry.For(bits, isGrouped);

        Assert.Equal(PanelPadding.HasTables(bits, isGrouped), rows.Any(row => row.Kind == ProductKind.Tables));
        Assert.Equal(PanelPadding.HasExcess(bits, isGrouped), rows.Any(row => row.Kind == ProductKind.ClippedQuads));
        Assert.All(
            rows.Where(row => row.Kind != ProductKind.Tables),
            row => Assert.Equal(0, PanelPadding.Rows % (row.HasNarrow ? row.Narrow : row).PanelOutputs));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Panels_that_become_bytes_begin_runs_of_16_rows(int bits, bool isGrouped) => Assert.All(
        KernelRegistry.For(bits, isGrouped).Where(row => row.OnlyUnpacked(bits) || row.Unpacked(bits) is not null),
        row => Assert.Equal(0, row.PanelOutputs % 16));

    [Fact]
    public void Kernels_of_activations_of_one_bit_end_with_one_that_runs_everywhere()
    {
        Assert.Empty(KernelRegistry.ForBits[^1].Condition);
        Assert.All(KernelRegistry.ForBits, row => Assert.Equal(0, PanelPadding.PlaneRows % (row.HasNarrow ? row.Narrow : row).PanelOutputs));
        Assert.Contains(KernelRegistry.ForBits, row => row.PanelOutputs == PanelPadding.PlanePanel);
    }

    [Fact]
    public void Kernels_use_instruction_sets_of_the_list_whose_answers_are_known()
    {
        Assert.All(
            KernelRegistry.All.SelectMany(row => row.Structs()).Select(row => row.Set).Concat(KernelRegistry.Floats.Select(row => row.Set)),
            set => Assert.Contains(set, InstructionSet.All));
        Assert.All(InstructionSet.All, set => Assert.True(!set.IsSupported() || set.Base is null || set.Base.IsSupported(), set.Title));
        Assert.True(InstructionSet.Scalar.IsSupported());
    }

    [Fact]
    public void A_set_is_off_with_the_sets_that_it_is_built_on()
    {
        Assert.True(InstructionSet.Avx512Vbmi.IsOff([InstructionSet.Avx2.Switch]));
        Assert.True(InstructionSet.Floats512.IsOff([InstructionSet.Vector128.Switch]));
        Assert.False(InstructionSet.Avx512BW.IsOff([InstructionSet.AvxVnni.Switch]));
        Assert.False(InstructionSet.Scalar.IsOff([.. InstructionSet.All.Select(set => set.Switch).Where(name => name.Length > 0)]));
    }

    [Fact]
    public void Every_unit_has_a_row_and_a_kernel()
    {
        Assert.Equal(Enum.GetValues<MultiplyUnit>(), UnitRows.All.Select(row => row.Unit).Order());
        Assert.All(UnitRows.All, row => Assert.Contains(KernelRegistry.SetOf(row.Unit), InstructionSet.All));
        Assert.Equal(UnitRows.All.Count, UnitRows.All.Select(row => row.Title).Distinct().Count());
    }
}
