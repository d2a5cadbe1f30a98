using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Support.TicketFiles;

namespace Gatehouse.Support.Tickets;

/// <summary>Writes down which tickets have waited for their customers too long, and removes files that belong to none. No read waits for it.</summary>
public static class TicketJobs
{
    public const string Tidy = "tickets.tidy";

    public static async Task<Message> RunTidy(IServiceProvider services, CancellationToken ct)
    {
        var (db, settings) = (services.GetRequiredService<Database>(), services.GetRequiredService<TenantSettings>());
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
        var closed = 0;
        foreach (var tenant in await db.Read(s => s.All("SELECT id FROM tenants ORDER BY id", r => r.GetString(0)), ct))
        {
            await settings.Refresh(tenant, now: true);
            var after = TicketSettings.CloseAfter(settings, tenant);
            // As of when it was closed for whoever looked; the list keeps its order.
            closed += await db.Write(s => s.Execute(
                "UPDATE tickets SET state = 'closed', state_at = state_at + @after WHERE tenant_id = @tenant AND state = 'waiting_customer' AND state_at <= @stale",
                ("after", after), ("tenant", tenant), ("stale", now - after)), ct);
        }
        return new Message("job.tickets.tidy.done", closed, await services.GetRequiredService<TicketFolder>().Tidy(db, ct));
    }
}
