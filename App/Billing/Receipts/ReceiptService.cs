using Gatehouse.Billing.Orders;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Receipts;

/// <summary>Makes out receipts. Runs inside the transaction it is given.</summary>
public sealed class ReceiptService(TenantSettings settings, TimeProvider clock)
{
    public const int MaxBuyer = 300;

    /// <summary>The order's receipt: the one that there is, or a new one with the next number of the year.</summary>
    /// <param name="buyer">Who it is made out to, as they write it; may be empty. Of no use where there is one already.</param>
    /// <exception cref="Refusal">409 ORDER_STATE: it is not paid, or nothing was to be paid; 422 on <c>buyer</c>.</exception>
    public async ValueTask<Receipt> Issue(WriteTx s, string tenant, string orderId, string? buyer)
    {
        var checks = new FieldChecks();
        var name = checks.Text("buyer", buyer, 0, MaxBuyer, lines: true);
        checks.ThrowIfAny();
        // Under the order's lock: two who ask at once get one.
        if (await OrderStore.Locked(s, tenant, orderId) is not { PaidAt: not null, Amount: > 0 })
            throw new Refusal(OrderErrors.OrderState);
        if (await ReceiptStore.Of(s, tenant, orderId) is { } known)
            return known;
        var now = clock.GetUtcNow();
        var year = TimeZoneInfo.ConvertTime(now, settings.Zone(tenant)).Year;
        var seller = settings.Get(tenant, ReceiptSettings.Name);
        var receipt = new Receipt(year, await ReceiptStore.Next(s, tenant, year), orderId, name, seller.Length > 0 ? seller : settings.Get(tenant, TenantSettings.SiteName),
            settings.Get(tenant, ReceiptSettings.Address), settings.Get(tenant, ReceiptSettings.Tax), settings.Get(tenant, ReceiptSettings.Note), now.ToUnixTimeMilliseconds());
        await ReceiptStore.Insert(s, tenant, receipt);
        return receipt;
    }
}
