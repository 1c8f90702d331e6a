using QuantGen.Execution;
using QuantGen.Graph;

namespace QuantGen.Tests.Execution;

public sealed class TicketTests
{
    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(2, 97, 4)]
    [InlineData(Ticket.MostWorkers, Ticket.MostPhases - 1, Ticket.MostItems)]
    public void Tickets_hold_what_they_were_made_of(int workers, int phase, int items)
    {
        var ticket = new Ticket(Ticket.Open(workers, phase, items));

        Assert.Equal((workers, phase, items), (ticket.Workers, ticket.Phase, ticket.Left));
    }

    [Fact]
    public void Taking_an_item_changes_nothing_else()
    {
        var first = new Ticket(new Ticket(Ticket.Open(3, 5, Ticket.MostItems)).AfterNext);
        Assert.Equal((3, 5, Ticket.MostItems - 1), (first.Workers, first.Phase, first.Left));

        var last = new Ticket(new Ticket(Ticket.Open(3, 5, 1)).AfterNext);
        Assert.Equal((3, 5, 0), (last.Workers, last.Phase, last.Left));
    }

    // Attention has an item for each head of each sequence, and a sequence may have one token.
    [Fact]
    public void The_largest_batch_of_any_legal_model_has_room()
    {
        const int Heads = SpecLimits.MaxItems / SpecLimits.MaxBatchTokens;
        Assert.Equal(Heads * SpecLimits.MaxBatchTokens, new Ticket(Ticket.Open(2, 0, Heads * SpecLimits.MaxBatchTokens)).Left);
        Assert.True(SpecLimits.MaxItems <= Ticket.MostItems);
    }

    [Fact]
    public void Nobody_takes_part_when_nothing_is_to_be_done() => Assert.Equal(0, new Ticket(Ticket.Closed).Workers);

    [Theory]
    [InlineData(Ticket.MostWorkers + 1, 0, 1)]
    [InlineData(2, Ticket.MostPhases, 1)]
    [InlineData(2, 0, -1)]
    public void More_than_there_is_room_for_is_refused(int workers, int phase, int items) =>
        Assert.Contains("items in a phase", Assert.Throws<InvalidOperationException>(() => Ticket.Open(workers, phase, items)).Message);
}
