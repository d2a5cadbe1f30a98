using Microsoft.AspNetCore.Components;

namespace Gatehouse.Relays.Rentals;

/// <summary>What a room shows its owner on a rental's own page, below its relays: a card. Rooms register theirs as services.</summary>
/// <param name="Order">Among the panels, the least first.</param>
/// <param name="Load">Of a rental of the caller's own; null where there is nothing to show.</param>
public sealed record RentalPanel(int Order, Func<HttpContext, Rental, Task<RenderFragment?>> Load)
{
    /// <summary>Those that there are, in their order.</summary>
    public static async Task<IReadOnlyList<RenderFragment>> All(HttpContext ctx, Rental rental)
    {
        var cards = new List<RenderFragment>();
        foreach (var panel in ctx.RequestServices.GetServices<RentalPanel>().OrderBy(p => p.Order))
            if (await panel.Load(ctx, rental) is { } card)
                cards.Add(card);
        return cards;
    }
}
