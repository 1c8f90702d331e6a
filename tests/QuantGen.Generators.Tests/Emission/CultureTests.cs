using System.Globalization;
using QuantGen.Generators.Tests.Running;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Generators.Tests.Emission;

/// <summary>The machine's culture reaches no code: equal specs give equal bytes everywhere.</summary>
public sealed class CultureTests
{
    [Theory]
    [InlineData("tr-TR")]
    [InlineData("de-DE")]
    [InlineData("fa-IR")]
    [InlineData("")]
    public void Code_is_the_same_in_every_culture(string name)
    {
        var config = new ModelConfig { Layers = 1, LayerNormEpsilon = 1.5e-7 };
        var options = new SpecOptions
        {
            Bits = 3, GroupSize = 64, Mapping = Mapping.Asymmetric, ActivationRange = ActivationRange.Static, Head = BertHead.Regression,
        };
        Dictionary<string, string> expected = In(CultureInfo.InvariantCulture, () => EmissionTests.Files(Tiny.Spec(config, options)));
        Dictionary<string, string> found = In(Strange(name), () => EmissionTests.Files(Tiny.Spec(config, options)));
        Assert.Equal(expected, found);
    }

    // Machines without culture data would make every culture the invariant one, so what matters is set by hand as well.
    private static CultureInfo Strange(string name)
    {
        var culture = (CultureInfo)CultureInfo.GetCultureInfo(name).Clone();
        culture.NumberFormat.NegativeSign = "~";
        culture.NumberFormat.NumberDecimalSeparator = ",";
        culture.NumberFormat.NumberGroupSeparator = "'";
        return culture;
    }

    private static T In<T>(CultureInfo culture, Func<T> action)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = culture;
        try
        {
            return action();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
