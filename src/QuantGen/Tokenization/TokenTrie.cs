namespace QuantGen.Tokenization;

/// <summary>An automaton of Aho and Corasick over tokens: one step a character, however many tokens there are.</summary>
/// <remarks>A state is the longest end of the text read so far that some token starts with; state 0 is none.</remarks>
internal sealed class TokenTrie
{
    private readonly Dictionary<(int State, char Character), int> _children = [];
    private readonly List<State> _states = [new State(Fallback: 0, Depth: 0, Token: -1)];

    /// <summary>Creates the automaton of these tokens; of equal ones the first counts.</summary>
    public TokenTrie(IReadOnlyList<string> tokens)
    {
        // Fallbacks lead to states of smaller depth, so that states are connected in the order of their depths.
        var byDepth = new List<List<(int Parent, char Character, int Child)>>();
        for (int token = 0; token < tokens.Count; token++)
        {
            int state = Insert(tokens[token], byDepth);
            _states[state] = _states[state].Token < 0 ? _states[state] with { Token = token } : _states[state];
        }

        foreach ((int parent, char character, int child) in byDepth.SelectMany(edges => edges))
        {
            int fallback = parent == 0 ? 0 : Step(_states[parent].Fallback, character);
            int token = _states[child].Token >= 0 ? _states[child].Token : _states[fallback].Token;
            _states[child] = _states[child] with { Fallback = fallback, Token = token };
        }
    }

    /// <summary>Returns the state after one more character.</summary>
    public int Step(int state, char character)
    {
        int next;
        while (!_children.TryGetValue((state, character), out next) && state != 0)
        {
            state = _states[state].Fallback;
        }

        return next;
    }

    /// <summary>Returns how many characters a state stands for.</summary>
    public int DepthOf(int state) => _states[state].Depth;

    /// <summary>Returns the longest token that ends with the last character read, and -1 where none does.</summary>
    public int TokenAt(int state) => _states[state].Token;

    private int Insert(string token, List<List<(int Parent, char Character, int Child)>> byDepth)
    {
        int state = 0;
        for (int depth = 0; depth < token.Length; depth++)
        {
            if (!_children.TryGetValue((state, token[depth]), out int next))
            {
                next = _states.Count;
                _states.Add(new State(Fallback: 0, depth + 1, Token: -1));
                _children.Add((state, token[depth]), next);
                if (byDepth.Count == depth)
                {
                    byDepth.Add([]);
                }

                byDepth[depth].Add((state, token[depth], next));
            }

            state = next;
        }

        return state;
    }

    private readonly record struct State(int Fallback, int Depth, int Token);
}
