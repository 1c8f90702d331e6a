using System.Security.Cryptography;
using QuantGen.Specs;

namespace QuantGen.Tests.Specs;

/// <summary>The managed SHA-256 against the runtime's.</summary>
public sealed class Sha256Tests
{
    [Fact]
    public void Every_length_up_to_four_blocks_has_the_runtimes_hash()
    {
        byte[] bytes = new byte[257];
        new Random(1).NextBytes(bytes);
        for (int length = 0; length <= bytes.Length; length++)
        {
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(0, length))), Sha256.Hex(bytes.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Pieces_give_the_hash_of_the_whole()
    {
        byte[] bytes = new byte[100_000];
        var random = new Random(2);
        random.NextBytes(bytes);
        var hash = new Sha256();
        for (int start = 0; start < bytes.Length;)
        {
            int length = Math.Min(random.Next(200), bytes.Length - start);
            hash.Append(bytes.AsSpan(start, length));
            start += length;
        }

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), hash.Finish());
    }
}
