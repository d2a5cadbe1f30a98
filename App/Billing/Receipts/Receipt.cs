using System.Globalization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Receipts;

/// <summary>A receipt of an order: made out once, and never changed.</summary>
/// <param name="Number">Of its year: 1, 2, 3, ... without a gap.</param>
/// <param name="Buyer">Who it is made out to; may be empty.</param>
/// <param name="IssuedAt">Unix milliseconds.</param>
public sealed record Receipt(long Year, long Number, string OrderId, string Buyer, string SellerName, string SellerAddress, string SellerTax, string Note, long IssuedAt)
{
    /// <summary>As people read it: <c>2026-000042</c>.</summary>
    public string Shown => NumberOf(Year, Number);

    /// <inheritdoc cref="Shown"/>
    public static string NumberOf(long year, long number) => string.Create(CultureInfo.InvariantCulture, $"{year}-{number:000000}");
}

/// <summary>What stands on receipts of the operator's.</summary>
public static class ReceiptSettings
{
    public static readonly SettingGroup Group = new("receipt", _ => []);

    /// <summary>Empty: the name of the site.</summary>
    public static readonly SettingDefinition Name = new("receipt.name", 510, SettingKind.Text, "", _ => true) { Group = Group, Optional = true };

    public static readonly SettingDefinition Address = new("receipt.address", 520, SettingKind.Text, "", _ => true) { Group = Group, Optional = true, Lines = true, MaxLength = 500 };

    public static readonly SettingDefinition Tax = new("receipt.tax", 530, SettingKind.Text, "", _ => true) { Group = Group, Optional = true, MaxLength = 80 };

    public static readonly SettingDefinition Note = new("receipt.note", 540, SettingKind.Text, "", _ => true) { Group = Group, Optional = true, Lines = true, MaxLength = 500 };

    public static readonly IReadOnlyList<SettingDefinition> All = [Name, Address, Tax, Note];
}

/// <summary>Receipts in the database.</summary>
internal static class ReceiptStore
{
    public static ValueTask<Receipt?> Of(ReadTx s, string tenant, string order) => s.One(
        "SELECT year, number, order_id, buyer, seller_name, seller_address, seller_tax, note, issued_at FROM receipts WHERE tenant_id = @tenant AND order_id = @order",
        r => new Receipt(r.GetInt64(0), r.GetInt64(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetString(6), r.GetString(7), r.GetInt64(8)), ("tenant", tenant), ("order", order));

    public static ValueTask<int> Insert(WriteTx s, string tenant, Receipt r) => s.Execute(
        "INSERT INTO receipts (tenant_id, year, number, order_id, buyer, seller_name, seller_address, seller_tax, note, issued_at) VALUES (@tenant, @year, @number, @order, @buyer, @name, @address, @tax, @note, @at)",
        ("tenant", tenant), ("year", r.Year), ("number", r.Number), ("order", r.OrderId), ("buyer", r.Buyer), ("name", r.SellerName), ("address", r.SellerAddress), ("tax", r.SellerTax), ("note", r.Note), ("at", r.IssuedAt));

    /// <summary>The next number of a year. Until the transaction ends nobody else gets one, so that one that is undone leaves no gap.</summary>
    public static async ValueTask<long> Next(WriteTx s, string tenant, long year)
    {
        (string, object?)[] of = [("tenant", tenant), ("year", year)];
        await s.Execute("INSERT INTO receipt_years (tenant_id, year, last) VALUES (@tenant, @year, 0) ON CONFLICT DO NOTHING", of);
        var next = await s.Locked("SELECT last FROM receipt_years WHERE tenant_id = @tenant AND year = @year", r => r.GetInt64(0), of) + 1;
        await s.Execute("UPDATE receipt_years SET last = @next WHERE tenant_id = @tenant AND year = @year", [("next", next), .. of]);
        return next;
    }
}
