namespace QuantGen.Files;

/// <summary>Calls of the C library that only make things faster: where it has another name, or lacks a function, everything works without them.</summary>
internal static class LibraryCalls
{
    /// <summary>Tells whether calls can be made, by making one of each.</summary>
    /// <param name="calls">Makes the calls and tells whether they do what they should.</param>
    public static bool Work(Func<bool> calls)
    {
        try
        {
            return calls();
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }
}
