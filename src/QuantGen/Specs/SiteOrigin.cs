namespace QuantGen.Specs;

/// <summary>What is stored beside the scale of a place's codes.</summary>
internal enum SiteOrigin
{
    /// <summary>Nothing: codes count from 0.</summary>
    None,

    /// <summary>The code that stands for zero.</summary>
    ZeroPoint,

    /// <summary>What is taken from values before their signs are: codes of one bit.</summary>
    Shift,

    /// <summary>The number that the middle code stands for: ranges as they are.</summary>
    Center,
}
