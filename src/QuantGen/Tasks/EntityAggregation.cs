namespace QuantGen.Tasks;

/// <summary>How the tags of word pieces become entities; the choices and what they mean are those of Hugging Face's token classification pipeline.</summary>
public enum EntityAggregation
{
    /// <summary>Not at all: every piece with a tag other than O stands for itself, with its whole tag as label.</summary>
    None,

    /// <summary>Neighbouring pieces with tags of one kind are joined.</summary>
    Simple,

    /// <summary>A word has the tag of its first piece; neighbouring words of one kind are joined.</summary>
    First,

    /// <summary>A word has the tag that is likeliest on the mean over its pieces; neighbouring words of one kind are joined.</summary>
    Average,

    /// <summary>A word has the tag of the piece that is surest of its own; neighbouring words of one kind are joined.</summary>
    Max,
}
