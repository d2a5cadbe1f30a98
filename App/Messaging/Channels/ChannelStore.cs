using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Messaging.Channels;

/// <summary>Channels in the database: the staff's, and customers' own, which staff never see. Sending is decided by the database's clock.</summary>
public static class ChannelStore
{
    /// <summary>How long a node holds a channel that it sends by, in milliseconds: longer than a request may take.</summary>
    internal const long Hold = 30_000;

    /// <summary>What channels keep secret. One whose key is lost says so when it is to send.</summary>
    public static readonly SealedColumn Sealed = new("channels", "id", "sealed_secrets", "channel", "UPDATE channels SET sealed_secrets = '', secrets = '[]', updated_at = @now WHERE sealed_secrets <> ''");

    private static readonly string Select = $"SELECT {Channel.Fields.Columns} FROM channels c";
    private static readonly string InsertSql = Channel.Fields.Insert;
    private static readonly string UpdateSql = Channel.Fields.Update;

    internal static ValueTask<Channel?> Find(ReadTx s, string tenant, string id) =>
        s.One(Select + " WHERE c.tenant_id = @tenant AND c.id = @id AND c.account_id IS NULL", Channel.Fields.FromRow, ("tenant", tenant), ("id", id));

    internal static ValueTask<List<Channel>> List(ReadTx s, string tenant, string? after, int limit)
    {
        var filter = new SqlFilter("c.tenant_id = @tenant AND c.account_id IS NULL", ("tenant", tenant)).After("c.id", after);
        return s.All($"{Select} WHERE {filter.Sql} ORDER BY c.id DESC LIMIT @limit", Channel.Fields.FromRow, filter.Args(("limit", (long)limit)));
    }

    /// <summary>All of the staff's, the oldest first.</summary>
    internal static ValueTask<List<Channel>> All(ReadTx s, string tenant) =>
        s.All(Select + " WHERE c.tenant_id = @tenant AND c.account_id IS NULL ORDER BY c.id", Channel.Fields.FromRow, ("tenant", tenant));

    /// <summary>A customer's own, the oldest first.</summary>
    public static ValueTask<List<Channel>> AllOf(ReadTx s, string tenant, string account) =>
        s.All(Select + " WHERE c.tenant_id = @tenant AND c.account_id = @account ORDER BY c.id", Channel.Fields.FromRow, ("tenant", tenant), ("account", account));

    /// <summary>Those of all customers, in the order of their ids.</summary>
    internal static ValueTask<List<Channel>> AllOwn(ReadTx s, string tenant, string after, int limit) =>
        s.All(Select + " WHERE c.tenant_id = @tenant AND c.account_id IS NOT NULL AND c.id > @after ORDER BY c.id LIMIT @limit", Channel.Fields.FromRow, ("tenant", tenant), ("after", after), ("limit", (long)limit));

    internal static ValueTask<int> Insert(WriteTx s, string tenant, Channel c) => s.Execute(InsertSql, Channel.Fields.Arguments(FieldUse.Inserted, tenant, c));

    /// <summary>A customer's own.</summary>
    public static async ValueTask InsertOwn(WriteTx s, string tenant, string account, Channel c)
    {
        await Insert(s, tenant, c);
        await s.Execute("UPDATE channels SET account_id = @account WHERE tenant_id = @tenant AND id = @id", ("account", account), ("tenant", tenant), ("id", c.Id));
    }

    /// <summary>What is switched on again begins anew.</summary>
    public static async ValueTask Update(WriteTx s, string tenant, Channel c, bool anew)
    {
        await s.Execute(UpdateSql, Channel.Fields.Arguments(FieldUse.Updated, tenant, c));
        if (anew)
            await s.Execute("UPDATE channels SET refusals = 0, next_send_at = 0 WHERE tenant_id = @tenant AND id = @id", ("tenant", tenant), ("id", c.Id));
    }

    public static ValueTask<int> Delete(WriteTx s, string tenant, string id) => s.Execute("DELETE FROM channels WHERE tenant_id = @tenant AND id = @id", ("tenant", tenant), ("id", id));

    /// <summary>Whoever's channel it is, locked, and when it may send next and until when it is held; null when it is gone.</summary>
    internal static async ValueTask<(Channel Channel, string? Account, long NextAt, long HeldUntil)?> FindToSend(WriteTx s, string tenant, string id)
    {
        var turn = await s.Locked("SELECT account_id, next_send_at, held_until FROM channels WHERE tenant_id = @tenant AND id = @id",
            r => new Turn(r.TextOrNull(0), r.GetInt64(1), r.GetInt64(2)), ("tenant", tenant), ("id", id));
        return turn is null ? null : ((await s.One(Select + " WHERE c.tenant_id = @tenant AND c.id = @id", Channel.Fields.FromRow, ("tenant", tenant), ("id", id)))!, turn.Account, turn.NextAt, turn.HeldUntil);
    }

    internal static async ValueTask Take(WriteTx s, string tenant, string id, long now) =>
        await s.Execute("UPDATE channels SET held_until = @until WHERE tenant_id = @tenant AND id = @id", ("until", now + Hold), ("tenant", tenant), ("id", id));

    /// <summary>Notes what came of it and lets go.</summary>
    /// <param name="nextAt">Null: as it was.</param>
    internal static async ValueTask Note(WriteTx s, string tenant, string id, long now, bool ok, string answer, long? nextAt) => await s.Execute(
        """
        UPDATE channels SET held_until = 0, last_at = @now, last_ok = @ok, last_answer = @answer, next_send_at = COALESCE(@next, next_send_at),
          refusals = CASE WHEN @ok = 1 THEN 0 ELSE refusals END WHERE tenant_id = @tenant AND id = @id
        """, ("now", now), ("ok", ok ? 1L : 0L), ("answer", answer), ("next", nextAt), ("tenant", tenant), ("id", id));

    /// <summary>Counts a refusal and switches the channel off at the last one that it may have. Was it switched off by this one?</summary>
    internal static async ValueTask<bool> Refused(WriteTx s, string tenant, string id, int most)
    {
        await s.Execute("UPDATE channels SET refusals = refusals + 1 WHERE tenant_id = @tenant AND id = @id", ("tenant", tenant), ("id", id));
        return await s.Execute("UPDATE channels SET enabled = 0 WHERE tenant_id = @tenant AND id = @id AND enabled = 1 AND refusals >= @most", ("tenant", tenant), ("id", id), ("most", (long)most)) == 1;
    }

    internal static ValueTask<int> SetSettings(WriteTx s, string tenant, string id, string settings) =>
        s.Execute("UPDATE channels SET settings = @settings WHERE tenant_id = @tenant AND id = @id", ("settings", settings), ("tenant", tenant), ("id", id));

    private sealed record Turn(string? Account, long NextAt, long HeldUntil);
}
