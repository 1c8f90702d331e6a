namespace QuantGen.Generators.Tests.Walls;

/// <summary>The table of README's architecture section: every room, and the rooms it may use.</summary>
/// <remarks>
/// A row is <c>| `room` | question | `room`, `room` |</c>. A room is named as its namespace. In the last column rooms of the same project
/// go without the project's name,
/// and <c>`Project.*`</c> stands for all rooms of another project.
/// </remarks>
internal sealed class RoomTable
{
    private const string Header = "| room | question it answers | may use |";
    private const string All = ".*";

    private readonly Dictionary<string, IReadOnlyList<string>> _rows = [];

    /// <summary>Reads the table.</summary>
    /// <param name="text">A text that has it.</param>
    /// <param name="projects">The names of all projects.</param>
    public RoomTable(string text, IReadOnlyCollection<string> projects)
    {
        List<(string Room, string[] Uses)> rows = [.. Rows(text)];
        foreach ((string room, string[] uses) in rows)
        {
            _rows.Add(room, [.. uses.SelectMany(name => Expand(room, name, rows.Select(row => row.Room), projects))]);
        }
    }

    /// <summary>Gets the rooms.</summary>
    public IReadOnlyCollection<string> Rooms => _rows.Keys;

    /// <summary>Gets the rooms that a room may use.</summary>
    /// <param name="room">The room; one that has no row may use nothing.</param>
    public IReadOnlyList<string> Uses(string room) => _rows.GetValueOrDefault(room) ?? [];

    /// <summary>Finds rooms that may use each other, in a circle.</summary>
    /// <returns>The circle, or nothing.</returns>
    public IReadOnlyList<string> Circle()
    {
        var done = new HashSet<string>();
        return _rows.Keys.Select(room => Circle(room, [], done)).FirstOrDefault(found => found.Count > 0) ?? [];
    }

    private IReadOnlyList<string> Circle(string room, IReadOnlyList<string> path, HashSet<string> done)
    {
        if (path.Contains(room))
        {
            return [.. path.SkipWhile(before => before != room), room];
        }

        IReadOnlyList<string> found = done.Contains(room)
            ? []
            : Uses(room).Select(next => Circle(next, [.. path, room], done)).FirstOrDefault(circle => circle.Count > 0) ?? [];
        done.Add(room);
        return found;
    }

    private static IEnumerable<(string Room, string[] Uses)> Rows(string text)
    {
        foreach (string line in text.Split('\n').SkipWhile(line => line != Header).Skip(2).TakeWhile(line => line.StartsWith('|')))
        {
            string[] cells = line.Split('|');
            Assert.Equal(5, cells.Length);
            yield return (Assert.Single(Quoted(cells[1])), Quoted(cells[3]));
        }
    }

    private static string[] Quoted(string cell) => [.. cell.Split('`').Where((_, i) => i % 2 == 1)];

    private static IEnumerable<string> Expand(string room, string name, IEnumerable<string> rooms, IReadOnlyCollection<string> projects) =>
        name.EndsWith(All, StringComparison.Ordinal) ? rooms.Where(other => ProjectOf(other, projects) == name[..^All.Length])
        : rooms.Contains(name) ? [name]
        : [$"{ProjectOf(room, projects)}.{name}"];

    private static string ProjectOf(string room, IReadOnlyCollection<string> projects) =>
        projects.Where(project => (room + ".").StartsWith(project + ".", StringComparison.Ordinal)).MaxBy(project => project.Length) ?? "";
}
