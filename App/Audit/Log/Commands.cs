using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Audit.Log;

/// <summary>
/// The door for what staff change: it takes the tenant's place in the audit log first and keeps it to the end, so that such
/// changes come one after the other on either engine, and what one has read no other changes under it.
/// </summary>
public static class Commands
{
    /// <summary>Runs a change by staff in one transaction; see <see cref="Database.Write{T}"/>.</summary>
    /// <param name="who">Whose tenant it is in.</param>
    /// <param name="work">Writes its own row by <see cref="AuditWriter"/>.</param>
    public static Task<T> Command<T>(this Database db, Caller who, Func<WriteTx, ValueTask<T>> work, CancellationToken ct = default) =>
        db.Write(InTurn(who, work), ct);

    /// <inheritdoc cref="Command{T}"/>
    public static Task Command(this Database db, Caller who, Func<WriteTx, ValueTask> work, CancellationToken ct = default) =>
        db.Command(who, async tx =>
        {
            await work(tx);
            return true;
        }, ct);

    /// <summary>The same work for a transaction that somebody else begins: <see cref="Idempotency"/>.</summary>
    public static Func<WriteTx, ValueTask<T>> InTurn<T>(Caller who, Func<WriteTx, ValueTask<T>> work) => async tx =>
    {
        await AuditWriter.TakeTurn(tx, who.TenantId);
        return await work(tx);
    };
}
