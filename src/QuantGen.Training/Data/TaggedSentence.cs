namespace QuantGen.Training.Data;

/// <summary>A sentence of a <see cref="ConllDataset"/>.</summary>
/// <param name="Words">Its words, without blanks.</param>
/// <param name="Tags">The tag of each word, such as B-PER or O.</param>
public sealed record TaggedSentence(IReadOnlyList<string> Words, IReadOnlyList<string> Tags);
