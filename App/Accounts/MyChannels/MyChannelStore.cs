using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.MyChannels;

/// <summary>The tables channel_codes and channel_sends. Times in unix milliseconds.</summary>
internal static class MyChannelStore
{
    public static readonly SealedColumn Sealed = new("channel_codes", "channel_id", "sealed_code", "channel-code", "UPDATE channel_codes SET sealed_code = '', expires_at = @now");

    /// <summary>Channels that wait for their code.</summary>
    public static ValueTask<List<string>> Waiting(ReadTx s, string tenant, string account) => s.All(
        "SELECT k.channel_id FROM channel_codes k JOIN channels c ON c.id = k.channel_id WHERE c.tenant_id = @tenant AND c.account_id = @account", r => r.GetString(0), ("tenant", tenant), ("account", account));

    /// <summary>The sealed code of a channel that waits for one, how often a wrong one was typed, and until when it is good.</summary>
    public static ValueTask<ChannelCode?> Code(WriteTx s, string tenant, string channel) => s.Locked(
        "SELECT sealed_code, tries, expires_at FROM channel_codes WHERE tenant_id = @tenant AND channel_id = @channel", r => new ChannelCode(r.GetString(0), r.GetInt64(1), r.GetInt64(2)), ("tenant", tenant), ("channel", channel));

    public static ValueTask<int> SetCode(WriteTx s, string tenant, string channel, string sealedCode, long expiresAt) => s.Execute(
        """
        INSERT INTO channel_codes (channel_id, tenant_id, sealed_code, tries, expires_at) VALUES (@channel, @tenant, @code, 0, @end)
        ON CONFLICT (channel_id) DO UPDATE SET sealed_code = excluded.sealed_code, tries = 0, expires_at = excluded.expires_at
        """, ("channel", channel), ("tenant", tenant), ("code", sealedCode), ("end", expiresAt));

    public static ValueTask<int> Wrong(WriteTx s, string tenant, string channel) =>
        s.Execute("UPDATE channel_codes SET tries = tries + 1 WHERE tenant_id = @tenant AND channel_id = @channel", ("tenant", tenant), ("channel", channel));

    public static ValueTask<int> Proved(WriteTx s, string tenant, string channel) =>
        s.Execute("DELETE FROM channel_codes WHERE tenant_id = @tenant AND channel_id = @channel", ("tenant", tenant), ("channel", channel));

    /// <summary>When the customer last had something sent, from now on now; null the first time.</summary>
    public static async ValueTask<long?> LastSent(WriteTx s, string tenant, string account) =>
        await s.Locked("SELECT sent_at FROM channel_sends WHERE tenant_id = @tenant AND account_id = @account", r => r.LongOrNull(0), ("tenant", tenant), ("account", account));

    public static ValueTask<int> Sent(WriteTx s, string tenant, string account, long now) => s.Execute(
        "INSERT INTO channel_sends (account_id, tenant_id, sent_at) VALUES (@account, @tenant, @now) ON CONFLICT (account_id) DO UPDATE SET sent_at = excluded.sent_at",
        ("account", account), ("tenant", tenant), ("now", now));
}

internal sealed record ChannelCode(string Sealed, long Tries, long ExpiresAt);
