using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Relays.Tailnets;

/// <summary>Writes what is done about the tailnets of rentals: what staff do stands in the audit log as well.</summary>
public sealed class TailnetTrail(Database db, AuditWriter audit)
{
    /// <param name="what">The action, as the audit log names it.</param>
    /// <param name="work">Has it changed anything?</param>
    public Task<bool> Write(Caller who, string what, string rental, Func<WriteTx, ValueTask<bool>> work, CancellationToken ct) => who.IsCustomer || who.Kind == Caller.System.Kind
        ? db.Write(work, ct)
        : db.Command(who, async s =>
        {
            if (!await work(s))
                return false;
            await audit.Write(s, who, what, new AuditTarget("rental", rental, rental));
            return true;
        }, ct);
}
