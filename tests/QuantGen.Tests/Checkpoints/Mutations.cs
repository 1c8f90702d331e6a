namespace QuantGen.Tests.Checkpoints;

/// <summary>Changes bytes of a good file and requires of every reader the same: it reads the file, or refuses it by the one documented exception.</summary>
internal static class Mutations
{
    /// <summary>Reads changed copies.</summary>
    /// <param name="good">The file.</param>
    /// <param name="count">How many copies; copy i depends on i alone.</param>
    /// <param name="read">Reads one.</param>
    /// <returns>How many were read.</returns>
    public static int Run(byte[] good, int count, Action<byte[]> read)
    {
        int done = 0;
        for (int seed = 0; seed < count; seed++)
        {
            try
            {
                read(Changed(good, new Random(seed)));
                done++;
            }
            catch (ModelFormatException error)
            {
                Assert.NotEmpty(error.File);
            }
        }

        return done;
    }

    private static byte[] Changed(byte[] good, Random random)
    {
        List<byte> bytes = [.. good];
        for (int change = random.Next(1, 4); change > 0; change--)
        {
            int at = random.Next(bytes.Count);
            int length = random.Next(1, Math.Min(16, bytes.Count - at) + 1);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                case 3:
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length));
                    break;
                case 4:
                    bytes.InsertRange(at, Enumerable.Range(0, length).Select(_ => (byte)random.Next(256)));
                    break;
                default:
                    bytes[at] = (byte)(random.Next(2) == 0 ? 0xFF : 0);
                    break;
            }
        }

        if (random.Next(20) == 0)
        {
            bytes.RemoveRange(random.Next(bytes.Count), 1);
            bytes.RemoveRange(bytes.Count / 2, bytes.Count / 4);
        }

        return [.. bytes];
    }
}
