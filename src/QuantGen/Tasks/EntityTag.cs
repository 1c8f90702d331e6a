namespace QuantGen.Tasks;

/// <summary>A tag: what is named, and where in the name the word stands.</summary>
/// <param name="Place">'B' for the first word, 'I' for one inside, 'E' for the last, 'S' for a single one; 'O' for a word outside of all names.</param>
/// <param name="Kind">What is named; empty outside.</param>
internal readonly record struct EntityTag(char Place, string Kind)
{
    /// <summary>The tag of what is no part of a name.</summary>
    public const string Outside = "O";

    /// <summary>Gets whether the tag is that of a last word, so that the next one belongs to another name.</summary>
    public bool Ends => Place is 'E' or 'S';

    /// <summary>Gets whether the tag is that of a first word.</summary>
    public bool Begins => Place is 'B' or 'S';

    /// <summary>Gets whether the word is no part of a name.</summary>
    public bool IsOutside => Place == 'O';

    /// <summary>Reads a tag. M is I, L is E and U is S, as other schemes call them; a tag without a place, such as PER, is inside.</summary>
    public static EntityTag Parse(string text)
    {
        if (text == Outside)
        {
            return new EntityTag('O', string.Empty);
        }

        char place = text.Length > 2 && text[1] == '-'
            ? text[0] switch
            {
                'B' => 'B',
                'I' or 'M' => 'I',
                'E' or 'L' => 'E',
                'S' or 'U' => 'S',
                _ => ' ',
            }
            : ' ';
        return place == ' ' ? new EntityTag('I', text) : new EntityTag(place, text[2..]);
    }
}
