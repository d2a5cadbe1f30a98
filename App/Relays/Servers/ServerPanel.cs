using Microsoft.AspNetCore.Components;

namespace Gatehouse.Relays.Servers;

/// <summary>What a room shows staff on a server's own page, below its form: a card. Rooms register theirs as services.</summary>
/// <param name="Order">Among the panels, the least first.</param>
/// <param name="Load">Null where there is nothing to show.</param>
public sealed record ServerPanel(int Order, Func<HttpContext, RelayServer, Task<RenderFragment?>> Load)
{
    /// <summary>Those that there are, in their order.</summary>
    public static async Task<IReadOnlyList<RenderFragment>> All(HttpContext ctx, RelayServer server)
    {
        var cards = new List<RenderFragment>();
        foreach (var panel in ctx.RequestServices.GetServices<ServerPanel>().OrderBy(p => p.Order))
            if (await panel.Load(ctx, server) is { } card)
                cards.Add(card);
        return cards;
    }
}

/// <summary>What a room shows staff above the list of servers: a card. Rooms register theirs as services.</summary>
/// <param name="Load">Null where there is nothing to show.</param>
public sealed record ServersNotice(Func<HttpContext, Task<RenderFragment?>> Load)
{
    /// <summary>Those that there are.</summary>
    public static async Task<IReadOnlyList<RenderFragment>> All(HttpContext ctx)
    {
        var cards = new List<RenderFragment>();
        foreach (var notice in ctx.RequestServices.GetServices<ServersNotice>())
            if (await notice.Load(ctx) is { } card)
                cards.Add(card);
        return cards;
    }
}
