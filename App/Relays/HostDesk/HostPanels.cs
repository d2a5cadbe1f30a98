using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Relays.Servers;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Relays.HostDesk;

/// <summary>What a server's own page shows of its host.</summary>
public static class HostPanels
{
    public static async Task<RenderFragment?> Load(HttpContext ctx, RelayServer server)
    {
        if (server.Kind != RelayServer.RelayHost)
            return null;
        var host = await ctx.RequestServices.GetRequiredService<Database>().Read(s => HostStore.State(s, server.Id), ctx.RequestAborted);
        return ComponentFragment.Of<HostPanel>((nameof(HostPanel.Server), server), (nameof(HostPanel.Host), host));
    }
}
