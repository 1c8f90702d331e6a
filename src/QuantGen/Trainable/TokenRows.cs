namespace QuantGen.Trainable;

/// <summary>Takes rows of some tokens out of all and adds their gradients back.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class TokenRows
{
    /// <summary>Copies the rows of every sequence's first token.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="source">Rows of all tokens.</param>
    /// <param name="columns">Values of a row.</param>
    /// <param name="target">Receives one row per sequence.</param>
    public static void GatherFirst(TrainingPass pass, float[] source, int columns, float[] target)
    {
        ArgumentNullException.ThrowIfNull(pass);
        for (int s = 0; s < pass.Sequences; s++)
        {
            source.AsSpan(pass.Batch.Starts[s] * columns, columns).CopyTo(target.AsSpan(s * columns));
        }
    }

    /// <summary>Adds one row per sequence to those of the first tokens.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="source">One row per sequence.</param>
    /// <param name="columns">Values of a row.</param>
    /// <param name="target">Rows of all tokens.</param>
    public static void AddFirst(TrainingPass pass, float[] source, int columns, float[] target)
    {
        ArgumentNullException.ThrowIfNull(pass);
        for (int s = 0; s < pass.Sequences; s++)
        {
            RowScaling.Add(ref target.At((long)pass.Batch.Starts[s] * columns), columns, ref source.At((long)s * columns));
        }
    }

    /// <summary>Copies the rows of the tokens that a head computes outputs for.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="source">Rows of all tokens.</param>
    /// <param name="columns">Values of a row.</param>
    /// <param name="target">Receives one row per such token.</param>
    /// <returns>Where the rows are: <paramref name="source"/> when all tokens have outputs.</returns>
    public static float[] GatherHead(TrainingPass pass, float[] source, int columns, float[] target)
    {
        ArgumentNullException.ThrowIfNull(pass);
        if (pass.Batch.HeadTokens is not { } tokens)
        {
            return source;
        }

        for (int i = 0; i < tokens.Length; i++)
        {
            source.AsSpan(tokens[i] * columns, columns).CopyTo(target.AsSpan(i * columns));
        }

        return target;
    }

    /// <summary>Adds rows to those of the tokens that a head computes outputs for.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="source">One row per such token.</param>
    /// <param name="columns">Values of a row.</param>
    /// <param name="target">Rows of all tokens.</param>
    public static void AddHead(TrainingPass pass, float[] source, int columns, float[] target)
    {
        ArgumentNullException.ThrowIfNull(pass);
        if (pass.Batch.HeadTokens is not { } tokens)
        {
            TrainingOperators.Add(pass, source, target, (long)pass.Tokens * columns);
            return;
        }

        for (int i = 0; i < tokens.Length; i++)
        {
            RowScaling.Add(ref target.At((long)tokens[i] * columns), columns, ref source.At((long)i * columns));
        }
    }
}
