namespace QuantGen.Generators.Tests.Walls;

/// <summary>Holds the rooms of <c>src</c> and <c>generators</c> to the table of README's architecture section.</summary>
public class WallTests
{
    private static readonly IReadOnlyList<SourceFile> s_files =
    [
        .. SourceTree.Files("src", ".cs").Concat(SourceTree.Files("generators", ".cs")).Select(path => new SourceFile(path, SourceTree.Read(path))),
    ];

    private static readonly RoomTable s_table = new(SourceTree.Read("README.md"), [.. s_files.Select(file => file.Project).Distinct()]);
    private static readonly House s_house = new(s_files, s_table.Rooms);

    [Fact]
    public void Every_room_has_a_row_and_every_row_a_room() =>
        Assert.Equal(s_house.Rooms.Order(StringComparer.Ordinal), s_table.Rooms.Order(StringComparer.Ordinal));

    [Fact]
    public void Rows_name_rooms_that_exist() => Assert.Empty(s_table.Rooms.SelectMany(s_table.Uses).Except(s_table.Rooms));

    [Fact]
    public void No_rooms_use_each_other_in_a_circle() => Assert.Empty(s_table.Circle());

    [Fact]
    public void Files_use_only_what_the_table_allows()
    {
        List<Arrow> missing = [.. s_house.Arrows().Where(arrow => !s_table.Uses(arrow.From).Contains(arrow.To))];
        Assert.True(missing.Count == 0, "README's table does not list\n" + string.Join('\n', missing));
    }

    [Theory]
    [InlineData("using QuantGen.High; namespace QuantGen.Low; class B;")]
    [InlineData("using static QuantGen.High.A; namespace QuantGen.Low; class B;")]
    [InlineData("using C = QuantGen.High.A; namespace QuantGen.Low; class B;")]
    [InlineData("namespace QuantGen.Low; class B { QuantGen.High.A? a; }")]
    [InlineData("namespace QuantGen.Low; class B { global::QuantGen.High.A? a; }")]
    [InlineData("namespace QuantGen.Low; class B { object a = High.A.Make(); }")]
    [InlineData("namespace QuantGen.Low; class B { object a = Shared.Value; }")]
    [InlineData("using QuantGen; namespace Other; class B : Shared;")]
    public void Uses_are_found(string text)
    {
        var house = new House([.. s_high, new SourceFile("src/QuantGen/Low/B.cs", text)], []);

        Arrow arrow = Assert.Single(house.Arrows());
        Assert.Equal(("QuantGen.Low", "QuantGen.High", "B.cs"), (arrow.From, arrow.To, arrow.File));
    }

    [Theory]
    [InlineData("namespace QuantGen.Low; class B { string text = \"QuantGen.High.A\"; /* QuantGen.High.A */ }")]
    [InlineData("namespace QuantGen.Low; class B { int High; int A => this.High; }")]
    public void Texts_and_members_are_no_uses(string text) => Assert.Empty(new House([.. s_high, new SourceFile("src/QuantGen/Low/B.cs", text)], []).Arrows());

    [Fact]
    public void Circles_are_found()
    {
        const string Text = "| room | question it answers | may use |\n|---|---|---|\n| `P.A` | a | `B` |\n| `P.B` | b | `P.C` |\n" +
            "| `P.C` | c | `A`, `Q.*` |\n| `Q.D` | d | |\n\nend";
        var table = new RoomTable(Text, ["P", "Q"]);

        Assert.Equal(["P.A", "P.B", "P.C", "P.A"], table.Circle());
        Assert.Equal(["P.A", "Q.D"], table.Uses("P.C"));
    }

    private static readonly SourceFile[] s_high =
    [
        new("src/QuantGen/High/A.cs", "namespace QuantGen.High; class A { public static object Make() => new(); }"),
        new("src/QuantGen/High/Shared.cs", "namespace QuantGen; class Shared { public static object Value => 1; }"),
        new("src/QuantGen/Other/Also.cs", "namespace QuantGen; class Also;"),
    ];
}
