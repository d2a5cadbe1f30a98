using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Relays.Tailnets;

/// <summary>A webhook that nobody wants any more.</summary>
/// <param name="Secret">Of the client that it is removed by, sealed.</param>
internal sealed record EndedHook(string Id, string HookId, string Secret, long DueAt, long Failures, long CreatedAt);

/// <summary>Webhooks of tailnets in the database: those that are to be made, and those that are to be removed.</summary>
internal static class HookStore
{
    /// <summary>A connection with its webhook: one that was made by hand, the one that we made, or one that is to be made.</summary>
    /// <param name="wanted">As its person wants it: a webhook that they made by hand, and where ours may go.</param>
    /// <param name="there">As it is.</param>
    /// <param name="same">Both have the same client.</param>
    public static async ValueTask<Tailnet> Hooked(WriteTx s, Tailnet wanted, Tailnet? there, bool same, long now)
    {
        // One that the client may not make any more is still heard.
        if (there is { HookId: not null } && wanted.Hook.Length == 0 && same && (there.HookAddress == wanted.HookAddress || wanted.HookAddress.Length == 0))
            return wanted with { Hook = there.Hook, HookId = there.HookId, HookAddress = there.HookAddress };
        if (there is not null)
            await End(s, there, now);
        if (wanted.Hook.Length > 0 || there is { HookId: null, Hook.Length: > 0 })
            return wanted with { Hook = wanted.Hook.Length > 0 ? wanted.Hook : there!.Hook, HookAddress = "" };
        return wanted with { HookDueAt = wanted.HookAddress.Length > 0 ? now : null };
    }

    /// <summary>Those that are to be made, the longest due first.</summary>
    public static ValueTask<List<string>> Wanted(ReadTx s, long now, int limit) =>
        s.All("SELECT rental_id FROM tailnets WHERE hook_due_at <= @now ORDER BY hook_due_at, rental_id LIMIT @limit", r => r.GetString(0), ("now", now), ("limit", (long)limit));

    /// <summary>Takes making one upon itself: of many nodes one.</summary>
    public static async ValueTask<bool> Claim(WriteTx s, Tailnet t, long next) =>
        await s.Execute("UPDATE tailnets SET hook_due_at = @next WHERE rental_id = @rental AND hook_due_at = @seen", ("next", next), ("rental", t.RentalId), ("seen", t.HookDueAt)) > 0;

    /// <summary>It is there.</summary>
    /// <param name="hook">What it is signed with, sealed.</param>
    public static ValueTask<int> Made(WriteTx s, string rental, string id, string hook) => s.Execute(
        "UPDATE tailnets SET hook_id = @id, sealed_hook = @hook, hook_due_at = NULL, hook_failures = 0, hook_error = NULL, hook_at = NULL WHERE rental_id = @rental", ("id", id), ("hook", hook), ("rental", rental));

    /// <param name="due">When it is tried again; null: not before its person connects anew.</param>
    public static ValueTask<int> Failed(WriteTx s, string rental, Message error, long? due) => s.Execute(
        "UPDATE tailnets SET hook_failures = hook_failures + 1, hook_error = @error, hook_due_at = @due WHERE rental_id = @rental AND hook_id IS NULL", ("error", error.ToStored()), ("due", due), ("rental", rental));

    /// <summary>Has somebody one that is called so?</summary>
    public static async ValueTask<bool> InUse(ReadTx s, string hook) => await s.Number("SELECT COUNT(*) FROM tailnets WHERE hook_id = @hook", ("hook", hook)) > 0;

    /// <summary>The webhook that we made for a tailnet is to be removed.</summary>
    public static async ValueTask End(WriteTx s, Tailnet t, long now)
    {
        if (t is { HookId: { } hook, Secret.Length: > 0 })
            await End(s, t.TenantId, hook, t.Secret, now);
    }

    /// <inheritdoc cref="End(WriteTx, Tailnet, long)"/>
    public static async ValueTask End(WriteTx s, string tenant, string hook, string secret, long now) => await s.Execute(
        "INSERT INTO tailnet_ended_hooks (id, tenant_id, hook_id, sealed_secret, due_at, created_at) VALUES (@id, @tenant, @hook, @secret, @now, @now)", ("id", Ids.New()), ("tenant", tenant), ("hook", hook), ("secret", secret), ("now", now));

    public static ValueTask<List<EndedHook>> Ended(ReadTx s, long now, int limit) => s.All(
        "SELECT id, hook_id, sealed_secret, due_at, failures, created_at FROM tailnet_ended_hooks WHERE due_at <= @now ORDER BY due_at, id LIMIT @limit",
        r => new EndedHook(r.GetString(0), r.GetString(1), r.GetString(2), r.GetInt64(3), r.GetInt64(4), r.GetInt64(5)), ("now", now), ("limit", (long)limit));

    public static async ValueTask<bool> Claim(WriteTx s, EndedHook hook, long next) =>
        await s.Execute("UPDATE tailnet_ended_hooks SET due_at = @next, failures = failures + 1 WHERE id = @id AND due_at = @seen", ("next", next), ("id", hook.Id), ("seen", hook.DueAt)) > 0;

    public static ValueTask<int> Forget(WriteTx s, EndedHook hook) => s.Execute("DELETE FROM tailnet_ended_hooks WHERE id = @id", ("id", hook.Id));
}
