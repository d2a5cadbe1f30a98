using Gatehouse.Platform.Storage;

namespace Gatehouse.Messaging.Unsubscribe;

/// <summary>Who wants no mails but those about the account itself.</summary>
public static class MailChoices
{
    /// <summary>Does the account want none?</summary>
    public static async ValueTask<bool> IsOff(ReadTx s, string tenant, string account) =>
        await s.One("SELECT account_id FROM mail_choices WHERE tenant_id = @tenant AND account_id = @id", r => r.GetString(0), ("tenant", tenant), ("id", account)) is not null;

    /// <summary>From now on the account gets none, or gets them again. Returns whether that is new.</summary>
    public static async ValueTask<bool> Set(WriteTx s, string tenant, string account, bool off) => off
        ? await s.Execute("INSERT INTO mail_choices (tenant_id, account_id, off_at) VALUES (@tenant, @id, @now) ON CONFLICT DO NOTHING", ("tenant", tenant), ("id", account), ("now", await s.Now())) == 1
        : await s.Execute("DELETE FROM mail_choices WHERE tenant_id = @tenant AND account_id = @id", ("tenant", tenant), ("id", account)) == 1;
}
