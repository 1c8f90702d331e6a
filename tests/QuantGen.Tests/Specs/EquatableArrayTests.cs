using QuantGen.Graph;

namespace QuantGen.Tests.Specs;

public sealed class EquatableArrayTests
{
    [Fact]
    public void Lists_compare_by_their_elements()
    {
        var list = new EquatableArray<string>(["a", "b"]);
        Assert.True(list.Equals(new EquatableArray<string>(["a", "b"])));
        Assert.True(list.Equals((object)new EquatableArray<string>(["a", "b"])));
        Assert.False(list.Equals(new EquatableArray<string>(["b", "a"])));
        Assert.False(list.Equals(new EquatableArray<string>(["a"])));
        Assert.Equal(list.GetHashCode(), new EquatableArray<string>(["a", "b"]).GetHashCode());
    }

    [Fact]
    public void The_default_is_empty()
    {
        EquatableArray<int> none = default;
        Assert.Empty(none);
        Assert.True(none.Equals(new EquatableArray<int>([])));
        Assert.Equal(none.GetHashCode(), new EquatableArray<int>([]).GetHashCode());
        Assert.Throws<IndexOutOfRangeException>(() => none[0]);
    }

    [Fact]
    public void The_source_may_change_afterwards()
    {
        int[] source = [1, 2];
        var list = new EquatableArray<int>(source);
        source[0] = 9;
        Assert.Equal([1, 2], list);
    }
}
