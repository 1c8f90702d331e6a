using System.Text;
using QuantGen.Tokenization;

namespace QuantGen.Training.Tests.Vocabularies;

/// <summary>WordPiece training without cleverness: all pairs are counted before every merge.</summary>
internal static class PlainTrainer
{
    public static string[] Train(WordCounter words, int size, int least)
    {
        List<string> pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
        List<List<string>> split =
        [
            .. words.Words.Select(word => word.EnumerateRunes().Select((rune, at) => at == 0 ? rune.ToString() : "##" + rune).ToList()),
        ];
        Rune[] alphabet = [.. words.Words.SelectMany(word => word.EnumerateRunes()).Distinct().Order()];
        pieces.AddRange(alphabet.Select(rune => rune.ToString()));
        pieces.AddRange(alphabet.Select(rune => "##" + rune).Where(piece => split.Any(word => word.Contains(piece))));
        while (pieces.Count < size)
        {
            var counts = new Dictionary<(int Left, int Right), long>();
            for (int w = 0; w < split.Count; w++)
            {
                for (int i = 0; i + 1 < split[w].Count; i++)
                {
                    (int, int) pair = (pieces.IndexOf(split[w][i]), pieces.IndexOf(split[w][i + 1]));
                    counts[pair] = counts.GetValueOrDefault(pair) + words.Counts[w];
                }
            }

            ((int Left, int Right) best, long count) = counts.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key).FirstOrDefault();
            if (count < least)
            {
                break;
            }

            string merged = pieces[best.Left] + pieces[best.Right][2..];
            split.ForEach(word => Merge(word, pieces[best.Left], pieces[best.Right], merged));
            if (!pieces.Contains(merged))
            {
                pieces.Add(merged);
            }
        }

        return [.. pieces];
    }

    private static void Merge(List<string> word, string left, string right, string merged)
    {
        for (int i = 0; i + 1 < word.Count; i++)
        {
            if (word[i] == left && word[i + 1] == right)
            {
                word[i] = merged;
                word.RemoveAt(i + 1);
            }
        }
    }
}
