using QuantGen.Execution;
using QuantGen.Linear;

namespace QuantGen.Tests.Execution;

public sealed class OperatorProfileTests
{
    [Fact]
    public void A_profile_belongs_to_one_call_at_a_time()
    {
        var profile = new OperatorProfile();
        profile.Begin(1);
        Assert.Throws<InvalidOperationException>(() => profile.Begin(1));
        profile.End();
        profile.Begin(2);
        profile.End();
        Assert.Equal(2, profile.Passes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_failed_call_stops_the_clocks(int workers)
    {
        var program = new TeamProgram(4, 16) { Also = (_, _, _) => throw new InvalidDataException("defect") };
        var profile = new OperatorProfile();
        using var weights = new WeightArena(1);
        using var workspace = new Workspace(program, [weights], workers, new WorkerTeam(workers), PassPages.OfThisSystem);
        for (int i = 0; i < 2; i++)
        {
            Assert.Throws<InvalidDataException>(() => workspace.Run(workers, profile));
        }

        Assert.Equal(2, profile.Passes);
        Assert.Null(workspace.Pass.Profile);
    }
}
