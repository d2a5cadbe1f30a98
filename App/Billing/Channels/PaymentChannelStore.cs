using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Channels;

/// <summary>Payment channels in the database.</summary>
internal static class PaymentChannelStore
{
    /// <summary>What payment channels keep secret. One whose key is lost can neither ask for money nor believe a call.</summary>
    public static readonly SealedColumn Sealed =
        new("payment_channels", "id", "sealed_secrets", "payment-channel", "UPDATE payment_channels SET sealed_secrets = '', secrets = '[]', enabled = 0, updated_at = @now WHERE sealed_secrets <> ''");

    private static readonly string Select = $"SELECT {PaymentChannel.Fields.Columns} FROM payment_channels c";
    private static readonly string InsertSql = PaymentChannel.Fields.Insert;
    private static readonly string UpdateSql = PaymentChannel.Fields.Update;

    public static ValueTask<PaymentChannel?> Find(ReadTx s, string tenant, string id) =>
        s.One(Select + " WHERE c.tenant_id = @tenant AND c.id = @id", PaymentChannel.Fields.FromRow, ("tenant", tenant), ("id", id));

    /// <summary>Whose the channel is that a call came for; null when there is none.</summary>
    public static ValueTask<string?> TenantOf(ReadTx s, string id) => s.One("SELECT tenant_id FROM payment_channels WHERE id = @id", r => r.GetString(0), ("id", id));

    /// <summary>All of them, in the order in which the shop offers them.</summary>
    public static ValueTask<List<PaymentChannel>> All(ReadTx s, string tenant) =>
        s.All(Select + " WHERE c.tenant_id = @tenant ORDER BY c.shop_order, c.id", PaymentChannel.Fields.FromRow, ("tenant", tenant));

    public static ValueTask<int> Insert(WriteTx s, string tenant, PaymentChannel c) => s.Execute(InsertSql, PaymentChannel.Fields.Arguments(FieldUse.Inserted, tenant, c));

    public static ValueTask<int> Update(WriteTx s, string tenant, PaymentChannel c) => s.Execute(UpdateSql, PaymentChannel.Fields.Arguments(FieldUse.Updated, tenant, c));

    public static ValueTask<int> Delete(WriteTx s, string tenant, string id) => s.Execute("DELETE FROM payment_channels WHERE tenant_id = @tenant AND id = @id", ("tenant", tenant), ("id", id));

    /// <summary>Until the end of the transaction it neither goes nor is first paid by. False when there is none.</summary>
    public static async ValueTask<bool> Lock(WriteTx s, string tenant, string id) =>
        await s.Locked("SELECT id FROM payment_channels WHERE tenant_id = @tenant AND id = @id", r => r.GetString(0), ("tenant", tenant), ("id", id)) is not null;

    /// <summary>Did money come by it, or may it still come?</summary>
    public static async ValueTask<bool> IsUsed(ReadTx s, string tenant, string id) => await s.Number(
        "SELECT COUNT(*) FROM (SELECT 1 FROM payment_attempts WHERE tenant_id = @tenant AND channel_id = @id LIMIT 1) x", ("tenant", tenant), ("id", id)) > 0;
}
