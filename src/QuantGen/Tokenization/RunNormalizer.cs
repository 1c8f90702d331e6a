using System.Text;

namespace QuantGen.Tokenization;

/// <summary>Normalizes a run of characters as BERT's normalizer does and keeps track of where each result came from.</summary>
/// <remarks>
/// This is the definition; BERT's steps are to clean, isolate Chinese characters, decompose canonically, drop Mn, lower-case, in that order. A run is
/// any stretch that neither starts nor ends between characters that canonical ordering could swap. The buffers are reused, so
/// normalizing allocates nothing once they have grown to the longest run.
/// </remarks>
internal sealed class RunNormalizer
{
    private NormalizedCharacter[] _current = new NormalizedCharacter[32];
    private NormalizedCharacter[] _next = new NormalizedCharacter[128];
    private Pending[] _pending = new Pending[32];
    private int _count;
    private int _pendingCount;

    /// <summary>Gets the result of the last call.</summary>
    public ReadOnlySpan<NormalizedCharacter> Result => _current.AsSpan(0, _count);

    /// <summary>Normalizes one run.</summary>
    /// <param name="run">The run's UTF-16 text.</param>
    /// <param name="position">Where the run starts in the text, for the ranges of the result.</param>
    /// <param name="rules">What to do.</param>
    public void Normalize(ReadOnlySpan<char> run, int position, NormalizationRules rules)
    {
        Read(run, position);
        for (int i = 0; i < rules.Count; i++)
        {
            switch (rules[i])
            {
                case NormalizationStep.CleanText:
                    Clean();
                    break;
                case NormalizationStep.IsolateChinese:
                    Isolate();
                    break;
                case NormalizationStep.Decompose:
                    Decompose();
                    break;
                case NormalizationStep.StripNonspacingMarks:
                    Strip(UnicodeData.IsNonspacingMark);
                    break;
                case NormalizationStep.StripMarks:
                    Strip(UnicodeData.IsMark);
                    break;
                default:
                    Lower();
                    break;
            }
        }
    }

    private void Read(ReadOnlySpan<char> run, int position)
    {
        if (_current.Length < run.Length)
        {
            _current = new NormalizedCharacter[2 * run.Length];
        }

        _count = 0;
        for (int i = 0; i < run.Length;)
        {
            // A surrogate without its partner reads as U+FFFD of length 1.
            Rune.DecodeFromUtf16(run[i..], out Rune rune, out int length);
            _current[_count++] = new NormalizedCharacter(rune.Value, position + i, position + i + length);
            i += length;
        }
    }

    private void Clean()
    {
        Strip(UnicodeData.IsRemovedByCleaning);
        foreach (ref NormalizedCharacter character in _current.AsSpan(0, _count))
        {
            character = UnicodeData.IsWhiteSpace(character.CodePoint) ? character with { CodePoint = ' ' } : character;
        }
    }

    private void Strip(Func<int, bool> isRemoved)
    {
        int kept = 0;
        for (int i = 0; i < _count; i++)
        {
            if (!isRemoved(_current[i].CodePoint))
            {
                _current[kept++] = _current[i];
            }
        }

        _count = kept;
    }

    private void Isolate()
    {
        ReserveNext(3 * _count);
        int count = 0;
        foreach (NormalizedCharacter character in Result)
        {
            bool chinese = UnicodeData.IsChinese(character.CodePoint);
            if (chinese)
            {
                _next[count++] = character with { CodePoint = ' ' };
            }

            _next[count++] = character;
            if (chinese)
            {
                _next[count++] = character with { CodePoint = ' ' };
            }
        }

        SwapBuffers(count);
    }

    private void Decompose()
    {
        ReserveNext(UnicodeData.MaxDecomposition * _count);
        Span<int> parts = stackalloc int[UnicodeData.MaxDecomposition];
        int written = 0;
        int consumed = 0;
        _pendingCount = 0;
        for (int i = 0; i < _count; i++)
        {
            int length = UnicodeData.Decompose(_current[i].CodePoint, parts);
            for (int k = 0; k < length; k++)
            {
                int order = UnicodeData.CombiningClass(parts[k]);
                if (order == 0)
                {
                    Flush(ref written, ref consumed);
                }

                Append(new Pending(parts[k], order, IsFirst: k == 0));
            }
        }

        Flush(ref written, ref consumed);
        SwapBuffers(written);
    }

    private void Append(Pending pending)
    {
        if (_pendingCount == _pending.Length)
        {
            Array.Resize(ref _pending, 2 * _pendingCount);
        }

        _pending[_pendingCount++] = pending;
    }

    /// <summary>Puts the pending marks in canonical order and passes them on.</summary>
    private void Flush(ref int written, ref int consumed)
    {
        // A stable insertion sort; sequences of more than a few marks are not text.
        Span<Pending> pending = _pending.AsSpan(0, _pendingCount);
        if (pending.Length > 64)
        {
            SortLong(pending);
        }
        else
        {
            for (int i = 1; i < pending.Length; i++)
            {
                Pending moving = pending[i];
                int k = i;
                for (; moving.Order != 0 && k > 0 && pending[k - 1].Order > moving.Order; k--)
                {
                    pending[k] = pending[k - 1];
                }

                pending[k] = moving;
            }
        }

        // The reference tokenizer aligns by position, not by identity: after ordering, the n-th character that began an original
        // character stands for the n-th original one, and every other character stands for the same as the one before it.
        foreach (Pending character in pending)
        {
            consumed += character.IsFirst ? 1 : 0;
            _next[written++] = _current[consumed - 1] with { CodePoint = character.CodePoint };
        }

        _pendingCount = 0;
    }

    private static void SortLong(Span<Pending> pending)
    {
        // Counting by class keeps the order within a class and stays linear on hostile input. Only the first may be a starter.
        Pending[] sorted = new Pending[pending.Length];
        Span<int> ends = stackalloc int[256];
        ends.Clear();
        foreach (Pending character in pending)
        {
            ends[character.Order]++;
        }

        for (int order = 1; order < ends.Length; order++)
        {
            ends[order] += ends[order - 1];
        }

        for (int i = pending.Length - 1; i >= 0; i--)
        {
            sorted[--ends[pending[i].Order]] = pending[i];
        }

        sorted.CopyTo(pending);
    }

    private void Lower()
    {
        ReserveNext(2 * _count);
        int count = 0;
        foreach (NormalizedCharacter character in Result)
        {
            _next[count++] = character with { CodePoint = UnicodeData.ToLower(character.CodePoint, out int second) };
            if (second != 0)
            {
                _next[count++] = character with { CodePoint = second };
            }
        }

        SwapBuffers(count);
    }

    private void ReserveNext(int count)
    {
        if (_next.Length < count)
        {
            _next = new NormalizedCharacter[count];
        }
    }

    private void SwapBuffers(int count)
    {
        (_current, _next) = (_next, _current);
        _count = count;
    }

    /// <summary>A decomposed character waiting for canonical ordering.</summary>
    private readonly record struct Pending(int CodePoint, int Order, bool IsFirst);
}
