using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Relays.Tailnets;

/// <summary>The table tailnets. Whoever changes a row holds its rental's lock.</summary>
internal static class TailnetStore
{
    private const string Columns =
        """
        t.rental_id, t.tenant_id, t.account_id, t.sealed_secret, t.sealed_hook, t.read_only, t.tag, t.choose, t.due_at, t.synced_at, t.machines, t.let_in, t.left_out, t.failures, t.error, t.delivered_at, t.delivered_version, t.delivered_tag,
        t.delivered_map, t.former_map, t.hook_at, t.kind, t.url, t.hook_address, t.hook_id, t.hook_due_at, t.hook_failures, t.hook_error
        """;

    private const string Select = $"SELECT {Columns} FROM tailnets t";
    private const int Width = 28;

    public static ValueTask<Tailnet?> Find(ReadTx s, string rental) => s.One(Select + " WHERE t.rental_id = @rental", Map, ("rental", rental));

    /// <summary>Of a tenant, the newest rental first; of one person or of one rental, where they are named.</summary>
    public static ValueTask<List<NamedTailnet>> List(ReadTx s, string tenant, string? account, string? rental, string? after, int limit)
    {
        var filter = new SqlFilter("t.tenant_id = @tenant", ("tenant", tenant)).Is("t.account_id", "account", account).Is("t.rental_id", "rental", rental).After("t.rental_id", after);
        return s.All($"SELECT {Columns}, r.name, r.device_limit FROM tailnets t JOIN rentals r ON r.id = t.rental_id WHERE {filter.Sql} ORDER BY t.rental_id DESC LIMIT @limit",
            r => new NamedTailnet(Map(r), r.GetString(Width), r.GetInt64(Width + 1)), filter.Args(("limit", (long)limit)));
    }

    /// <summary>It is connected so from now on. What was read and delivered before stays.</summary>
    public static ValueTask<int> Save(WriteTx s, Tailnet t, long now) => s.Execute(
        """
        INSERT INTO tailnets (rental_id, tenant_id, account_id, sealed_secret, sealed_hook, read_only, tag, choose, due_at, kind, url, hook_address, hook_id, hook_due_at, created_at)
        VALUES (@rental, @tenant, @account, @secret, @hook, @read_only, @tag, @choose, @due, @kind, @url, @hook_address, @hook_id, @hook_due, @now)
        ON CONFLICT (rental_id) DO UPDATE SET sealed_secret = excluded.sealed_secret, sealed_hook = excluded.sealed_hook, read_only = excluded.read_only, tag = excluded.tag, choose = excluded.choose, due_at = excluded.due_at, kind = excluded.kind, url = excluded.url,
          hook_address = excluded.hook_address, hook_id = excluded.hook_id, hook_due_at = excluded.hook_due_at, hook_failures = 0, hook_error = NULL
        """,
        ("rental", t.RentalId), ("tenant", t.TenantId), ("account", t.AccountId), ("secret", t.Secret), ("hook", t.Hook), ("read_only", t.ReadOnly ? 1L : 0L), ("tag", t.Tag), ("choose", t.Choose), ("due", t.DueAt), ("kind", t.Kind), ("url", t.Url), ("hook_address", t.HookAddress), ("hook_id", t.HookId), ("hook_due", t.HookDueAt), ("now", now));

    /// <summary>Rentals whose machines are to be looked at, the longest due first.</summary>
    public static ValueTask<List<Tailnet>> Due(ReadTx s, long now, int limit) => s.All(Select + " WHERE t.due_at <= @now ORDER BY t.due_at, t.rental_id LIMIT @limit", Map, ("now", now), ("limit", (long)limit));

    /// <summary>Takes a look upon itself: of many nodes one. The next is due then.</summary>
    public static async ValueTask<bool> Claim(WriteTx s, Tailnet t, long next) => await s.Execute("UPDATE tailnets SET due_at = @next WHERE rental_id = @rental AND due_at = @seen", ("next", next), ("rental", t.RentalId), ("seen", t.DueAt)) > 0;

    /// <summary>A look is due soon; one that is due earlier stays.</summary>
    /// <param name="apart">After the last look that worked, so long at least.</param>
    public static async ValueTask<bool> Hurry(WriteTx s, string rental, long now, long apart) => await s.Execute(
        "UPDATE tailnets SET due_at = CASE WHEN synced_at IS NOT NULL AND synced_at + @apart > @now THEN synced_at + @apart ELSE @now END WHERE rental_id = @rental AND due_at > @now AND NOT (synced_at IS NOT NULL AND due_at <= synced_at + @apart)",
        ("now", now), ("apart", apart), ("rental", rental)) > 0;

    /// <summary>A webhook came, and was signed.</summary>
    public static ValueTask<int> Heard(WriteTx s, string rental, long now) => s.Execute("UPDATE tailnets SET hook_at = @now WHERE rental_id = @rental", ("now", now), ("rental", rental));

    public static ValueTask<int> Synced(WriteTx s, string rental, long machines, long letIn, long leftOut, long now) => s.Execute(
        "UPDATE tailnets SET synced_at = @now, machines = @machines, let_in = @in, left_out = @out, failures = 0, error = NULL WHERE rental_id = @rental", ("now", now), ("machines", machines), ("in", letIn), ("out", leftOut), ("rental", rental));

    public static ValueTask<int> Failed(WriteTx s, string rental, Message error, long dueAt) => s.Execute(
        "UPDATE tailnets SET failures = failures + 1, error = @error, due_at = @due WHERE rental_id = @rental", ("error", error.ToStored()), ("due", dueAt), ("rental", rental));

    public static ValueTask<int> Delivered(WriteTx s, string rental, Delivery? d) => s.Execute(
        "UPDATE tailnets SET delivered_at = @at, delivered_version = @version, delivered_tag = @tag, delivered_map = @map, former_map = @former WHERE rental_id = @rental",
        ("at", d?.At), ("version", d?.Version), ("tag", d?.Tag), ("map", d?.Map), ("former", d?.Former), ("rental", rental));

    /// <summary>Its client is forgotten; the webhook that we made is to be removed.</summary>
    public static async ValueTask<int> Remove(WriteTx s, string rental, long now)
    {
        if (await Find(s, rental) is { } gone)
            await HookStore.End(s, gone, now);
        return await s.Execute("DELETE FROM tailnets WHERE rental_id = @rental", ("rental", rental));
    }

    private static Tailnet Map(Row r) => new(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetInt64(5) == 1, r.GetString(6), r.GetString(7), r.GetInt64(8))
    {
        SyncedAt = r.LongOrNull(9), Machines = r.GetInt64(10), LetIn = r.GetInt64(11), LeftOut = r.GetInt64(12), Failures = r.GetInt64(13), Error = r.TextOrNull(14) is { } stored && Message.TryParse(stored, out var error) ? error : null,
        HookAt = r.LongOrNull(20), Kind = r.GetString(21), Url = r.GetString(22), HookAddress = r.GetString(23), HookId = r.TextOrNull(24), HookDueAt = r.LongOrNull(25), HookFailures = r.GetInt64(26),
        HookError = r.TextOrNull(27) is { } told && Message.TryParse(told, out var why) ? why : null, Delivered = r.LongOrNull(15) is { } at ? new(at, r.GetInt64(16), r.GetString(17), r.GetString(18), r.TextOrNull(19)) : null,
    };
}
