namespace QuantGen.Generators.Tests.Walls;

/// <summary>What source files use of each other, by rooms: folders of projects.</summary>
internal sealed class House
{
    private const string Root = "QuantGen.";

    private readonly IReadOnlyList<SourceFile> _files;
    private readonly IReadOnlyCollection<string> _named;
    private readonly Dictionary<string, HashSet<string>> _rooms = [];
    private readonly Dictionary<(string Namespace, string Type), string> _types = [];

    /// <summary>Finds the rooms of files.</summary>
    /// <param name="files">All files.</param>
    /// <param name="named">The rooms of the table. Folders below the first level are rooms only where the table names them.</param>
    public House(IReadOnlyList<SourceFile> files, IReadOnlyCollection<string> named)
    {
        _files = files;
        _named = named;

        // A namespace of another house, in which a file adds what an old framework lacks, belongs to no room.
        foreach (SourceFile file in files.Where(file => (file.Namespace + ".").StartsWith(Root, StringComparison.Ordinal)))
        {
            if (!_rooms.TryGetValue(file.Namespace, out HashSet<string>? rooms))
            {
                _rooms.Add(file.Namespace, rooms = []);
            }

            rooms.Add(RoomOf(file));
            foreach (string type in file.Types)
            {
                _types[(file.Namespace, type)] = RoomOf(file);
            }
        }
    }

    /// <summary>Gets the rooms that have files.</summary>
    public IReadOnlyCollection<string> Rooms => [.. _files.Select(RoomOf).Distinct()];

    /// <summary>Gets every use of another room, once per file and reason.</summary>
    public IEnumerable<Arrow> Arrows() => _files.SelectMany(ArrowsOf).Distinct();

    private string RoomOf(SourceFile file)
    {
        for (int depth = file.Folders.Count; depth > 1; depth--)
        {
            string name = file.Project + "." + string.Join('.', file.Folders.Take(depth));
            if (_named.Contains(name))
            {
                return name;
            }
        }

        return file.Folders.Count == 0 ? file.Project : file.Project + "." + file.Folders[0];
    }

    private IEnumerable<Arrow> ArrowsOf(SourceFile file)
    {
        string own = RoomOf(file);
        var open = new List<string>(Enclosing(file.Namespace));
        foreach (string line in file.Usings)
        {
            // Of a namespace with types of several rooms, names tell which are used.
            if (_rooms.TryGetValue(line, out HashSet<string>? rooms) && rooms.Count > 1)
            {
                open.Add(line);
            }
            else if ((rooms?.Single() ?? RoomOfFullName(line)) is string room && room != own)
            {
                yield return new Arrow(own, room, file.Name, "using " + line);
            }
        }

        foreach (string name in file.Names)
        {
            if ((RoomOfFullName(name) ?? RoomOfShortName(name, open)) is string room && room != own)
            {
                yield return new Arrow(own, room, file.Name, name);
            }
        }
    }

    // QuantGen.Kernels.Softmax.Run: the longest beginning that is a namespace, and a type of it.
    private string? RoomOfFullName(string name)
    {
        string[] parts = name.Split('.');
        for (int count = parts.Length - 1; count > 0; count--)
        {
            if (_types.TryGetValue((string.Join('.', parts.Take(count)), parts[count]), out string? room))
            {
                return room;
            }
        }

        return null;
    }

    // Softmax.Run or Kernels.Softmax.Run, from an enclosing or imported namespace.
    private string? RoomOfShortName(string name, IEnumerable<string> open)
    {
        string[] parts = name.Split('.');
        foreach (string outer in open)
        {
            if (_types.TryGetValue((outer, parts[0]), out string? room)
                || (parts.Length > 1 && _types.TryGetValue(($"{outer}.{parts[0]}", parts[1]), out room)))
            {
                return room;
            }
        }

        return null;
    }

    private static IEnumerable<string> Enclosing(string name)
    {
        while (name.Length > 0)
        {
            yield return name;
            name = name[..Math.Max(0, name.LastIndexOf('.'))];
        }
    }
}
