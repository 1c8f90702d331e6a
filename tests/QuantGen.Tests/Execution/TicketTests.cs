using QuantGen.Execution;

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

        Assert.Equal((workers, phase, items, 0), (ticket.Workers, ticket.Phase, ticket.Items, ticket.Next));
    }

    [Fact]
    public void Taking_the_last_item_changes_nothing_else()
    {
        long bits = Ticket.Open(3, 5, Ticket.MostItems);
        bits += Ticket.MostItems - 1;
        var last = new Ticket(new Ticket(bits).AfterNext);

        Assert.Equal((3, 5, Ticket.MostItems, Ticket.MostItems), (last.Workers, last.Phase, last.Items, last.Next));
    }

    [Fact]
    public void Nobody_takes_part_when_nothing_is_to_be_done() => Assert.Equal(0, new Ticket(Ticket.Closed).Workers);

    [Theory]
    [InlineData(Ticket.MostWorkers + 1, 0, 1)]
    [InlineData(2, Ticket.MostPhases, 1)]
    [InlineData(2, 0, Ticket.MostItems + 1)]
    public void More_than_there_is_room_for_is_refused(int workers, int phase, int items) =>
        Assert.Contains("items in a phase", Assert.Throws<InvalidOperationException>(() => Ticket.Open(workers, phase, items)).Message);
}
