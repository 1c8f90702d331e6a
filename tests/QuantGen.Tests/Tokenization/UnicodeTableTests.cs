using System.Globalization;
using System.Text;
using QuantGen.Tokenization;

namespace QuantGen.Tests.Tokenization;

/// <summary>Checks the built-in tables against the platform's own, where it has them.</summary>
public sealed class UnicodeTableTests
{
    [FactWhere(Machine.Normalization)]
    public void Decompositions_agree_with_the_platforms_canonical_form()
    {
        Span<int> parts = stackalloc int[UnicodeData.MaxDecomposition];
        var missing = new List<int>();
        foreach (int codePoint in CodePoints())
        {
            int length = UnicodeData.Decompose(codePoint, parts);
            string own = string.Concat(parts[..length].ToArray().Select(char.ConvertFromUtf32));
            string text = char.ConvertFromUtf32(codePoint);
            string platform = text.Normalize(NormalizationForm.FormD);
            if (own != platform)
            {
                // Only characters younger than the tables may differ, and then the tables leave them alone.
                Assert.Equal(text, own);
                missing.Add(codePoint);
            }
        }

        // Unicode 13 added U+11938, 16 a handful; all of them lie in the blocks of recently encoded scripts.
        Assert.All(missing, codePoint => Assert.InRange(codePoint, 0x105C0, 0x16FFF));
        Assert.InRange(missing.Count, 0, 40);
    }

    [FactWhere(Machine.Normalization)]
    public void Canonical_ordering_agrees_with_the_platform()
    {
        int[] marks = [.. CodePoints().Where(codePoint => UnicodeData.CombiningClass(codePoint) != 0)];
        int[] samples = [0x334, 0x93C, 0x3099, 0x94D, 0x5B0, 0x64B, 0xE38, 0xF71, 0x321, 0x31B, 0x323, 0x302E, 0x301, 0x35C, 0x345];
        Assert.Equal(810, marks.Count(mark => UnicodeData.Decompose(mark, stackalloc int[UnicodeData.MaxDecomposition]) == 1 && !Decomposes(mark)));
        foreach (int mark in marks)
        {
            foreach (int sample in samples)
            {
                string text = $"x{char.ConvertFromUtf32(sample)}{char.ConvertFromUtf32(mark)}";
                Assert.Equal(text.Normalize(NormalizationForm.FormD), Ordered(sample, mark));
            }
        }
    }

    [Fact]
    public void Categories_agree_with_the_platform_where_they_have_not_changed()
    {
        int changed = 0;
        foreach (int codePoint in CodePoints())
        {
            UnicodeCategory category = CharUnicodeInfo.GetUnicodeCategory(codePoint);
            bool isPunctuation = category is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation
                || (
                    codePoint < 0x80 && category is UnicodeCategory.MathSymbol or UnicodeCategory.CurrencySymbol or UnicodeCategory.ModifierSymbol
                        && codePoint < 0x80);
            bool isMark = category == UnicodeCategory.NonSpacingMark;
            bool isRemoved = codePoint == UnicodeData.Replacement || (category is UnicodeCategory.Control && codePoint is not (9 or 10 or 13))
                || category is UnicodeCategory.Format or UnicodeCategory.PrivateUse;
            bool differs = isPunctuation != UnicodeData.IsPunctuation(codePoint)
                || isMark != UnicodeData.IsNonspacingMark(codePoint)
                || isRemoved != UnicodeData.IsRemovedByCleaning(codePoint);
            changed += differs ? 1 : 0;
            Assert.False(differs && codePoint < 0x590, $"U+{codePoint:X4} is {category}.");
        }

        // What Unicode added or reclassified between 8.0 and the platform's version: about 700 of 1.1 million.
        Assert.InRange(changed, 0, 1500);
    }

    [Theory]
    [InlineData(0x41, 0x61)]
    [InlineData(0xC9, 0xE9)]
    [InlineData(0x3A3, 0x3C3)]
    [InlineData(0x1E9E, 0xDF)]
    [InlineData(0x2126, 0x3C9)]
    [InlineData(0x10400, 0x10428)]
    [InlineData(0x1C4, 0x1C6)]
    [InlineData(0x1C5, 0x1C6)]
    [InlineData(0x1C6, 0x1C6)]
    [InlineData(0x131, 0x131)]
    public void Lower_cases_single_code_points(int from, int to)
    {
        Assert.Equal(to, UnicodeData.ToLower(from, out int second));
        Assert.Equal(0, second);
    }

    [Fact]
    public void Lower_casing_agrees_with_the_platform_where_it_knows_the_letter()
    {
        int younger = 0;
        foreach (int codePoint in CodePoints().Where(value => value != 0x130))
        {
            int platform = Rune.ToLowerInvariant(new Rune(codePoint)).Value;
            int own = UnicodeData.ToLower(codePoint, out _);
            // The platform leaves U+1E9E and a few others alone because they do not come back when upper-cased.
            younger += own != platform ? 1 : 0;
            Assert.True(own == platform || platform == codePoint, $"U+{codePoint:X4} became U+{own:X4} instead of U+{platform:X4}.");
        }

        Assert.InRange(younger, 0, 200);
    }

    [Fact]
    public void The_dotted_capital_becomes_two_code_points()
    {
        Assert.Equal('i', UnicodeData.ToLower(0x130, out int second));
        Assert.Equal(0x307, second);
    }

    private static bool Decomposes(int codePoint)
    {
        Span<int> parts = stackalloc int[UnicodeData.MaxDecomposition];
        UnicodeData.Decompose(codePoint, parts);
        return parts[0] != codePoint;
    }

    private static string Ordered(int first, int second)
    {
        Span<int> parts = stackalloc int[UnicodeData.MaxDecomposition];
        List<int> all = [.. parts[..UnicodeData.Decompose(first, parts)]];
        all.AddRange(parts[..UnicodeData.Decompose(second, parts)]);
        return $"x{string.Concat(all.OrderBy(UnicodeData.CombiningClass).Select(char.ConvertFromUtf32))}";
    }

    private static IEnumerable<int> CodePoints() =>
        // Without surrogates and noncharacters, which the platform refuses.
        Enumerable.Range(0, 0x110000).Where(value => value is (< 0xD800 or > 0xDFFF) and (< 0xFDD0 or > 0xFDEF) && (value & 0xFFFE) != 0xFFFE);
}
