using System.Globalization;

namespace QuantGen.Specs;

/// <summary>SHA-256 in plain C# (FIPS 180-4, section 6.2).</summary>
/// <remarks>
/// The runtime's own calls a native library on Linux (OpenSSL), and a process on a machine without it ends at the call, uncatchably. What loads a model
/// must not need one; texts of some kilobytes are hashed here, tensors have checksums of another kind.
/// </remarks>
internal sealed class Sha256
{
    private const int BlockLength = 64;

    // The first 32 bits of the fractional parts of the cube roots of the first 64 primes (section 4.2.2).
    private static readonly uint[] Constants =
    {
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    };

    private readonly uint[] _state =
    {
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    };

    private readonly uint[] _schedule = new uint[64];
    private readonly byte[] _block = new byte[BlockLength];
    private int _filled;
    private long _length;

    /// <summary>Hashes bytes that are there in one piece.</summary>
    /// <returns>64 lower-case hexadecimal digits.</returns>
    public static string Hex(ReadOnlySpan<byte> bytes)
    {
        var hash = new Sha256();
        hash.Append(bytes);
        return hash.Finish();
    }

    /// <summary>Adds bytes to those that are hashed.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        _length += bytes.Length;
        if (_filled > 0)
        {
            int taken = Math.Min(BlockLength - _filled, bytes.Length);
            bytes.Slice(0, taken).CopyTo(_block.AsSpan(_filled));
            _filled += taken;
            bytes = bytes.Slice(taken);
            if (_filled < BlockLength)
            {
                return;
            }

            Compress(_block);
            _filled = 0;
        }

        for (; bytes.Length >= BlockLength; bytes = bytes.Slice(BlockLength))
        {
            Compress(bytes);
        }

        bytes.CopyTo(_block);
        _filled = bytes.Length;
    }

    /// <summary>Ends the message; nothing may be appended afterwards.</summary>
    /// <returns>64 lower-case hexadecimal digits.</returns>
    public string Finish()
    {
        long bits = _length * 8;
        byte[] padding = new byte[((_filled < BlockLength - 8) ? BlockLength : 2 * BlockLength) - _filled];
        padding[0] = 0x80;
        for (int i = 0; i < 8; i++)
        {
            padding[padding.Length - 1 - i] = (byte)(bits >> (8 * i));
        }

        Append(padding);
        return string.Concat(_state.Select(word => word.ToString("x8", CultureInfo.InvariantCulture)));
    }

    private void Compress(ReadOnlySpan<byte> block)
    {
        uint[] w = _schedule;
        for (int t = 0; t < 16; t++)
        {
            w[t] = ((uint)block[4 * t] << 24) | ((uint)block[(4 * t) + 1] << 16) | ((uint)block[(4 * t) + 2] << 8) | block[(4 * t) + 3];
        }

        for (int t = 16; t < 64; t++)
        {
            uint s0 = Rotate(w[t - 15], 7) ^ Rotate(w[t - 15], 18) ^ (w[t - 15] >> 3);
            uint s1 = Rotate(w[t - 2], 17) ^ Rotate(w[t - 2], 19) ^ (w[t - 2] >> 10);
            w[t] = w[t - 16] + s0 + w[t - 7] + s1;
        }

        uint a = _state[0], b = _state[1], c = _state[2], d = _state[3], e = _state[4], f = _state[5], g = _state[6], h = _state[7];
        for (int t = 0; t < 64; t++)
        {
            uint choice = (e & f) ^ (~e & g);
            uint majority = (a & b) ^ (a & c) ^ (b & c);
            uint first = h + (Rotate(e, 6) ^ Rotate(e, 11) ^ Rotate(e, 25)) + choice + Constants[t] + w[t];
            uint second = (Rotate(a, 2) ^ Rotate(a, 13) ^ Rotate(a, 22)) + majority;
            (h, g, f, e, d, c, b, a) = (g, f, e, d + first, c, b, a, first + second);
        }

        _state[0] += a;
        _state[1] += b;
        _state[2] += c;
        _state[3] += d;
        _state[4] += e;
        _state[5] += f;
        _state[6] += g;
        _state[7] += h;
    }

    private static uint Rotate(uint value, int bits) => (value >> bits) | (value << (32 - bits));
}
