using System.Text.Json;
using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Logins;
using Gatehouse.Billing.Orders;
using Gatehouse.Licensing.Plans;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;

namespace Gatehouse.Billing.StockWaits;

/// <summary>Who wants to hear that something is in stock again: one mail when it is, and then the address is forgotten.</summary>
public sealed class WaitingList(Database db, PlanService plans, StockKeeper stock, MailQueue mails, TenantSettings settings, ITenants tenants, IConfiguration config) : ICustomerObserver
{
    public const string JobName = "stock.tell";

    /// <summary>Who wait for one plan; whoever asks beyond that is not told.</summary>
    public const int Most = 5000;

    // So many mails a plan in a minute.
    private const int AtOnce = 200;
    private const long Kept = 180 * 86_400_000L;

    public static readonly MailTemplate Mail = new("stock_back", "mail.stock_back.subject", MailPart.Text("mail.stock_back.lead", 0), MailPart.Link("mail.stock_back.open", 1)) { Title = "mail.stock_back.title", Names = ["name", "link"] };

    /// <summary>Can anybody be told?</summary>
    public bool Offered(string tenant) => settings.Get(tenant, MailSettings.Host).Length > 0;

    /// <summary>Has an address told once the plan can be bought again. Asked twice is asked once.</summary>
    /// <returns>Is it sold out? If not, nothing was kept. Null: this business sends no mails.</returns>
    /// <exception cref="Refusal">404 PLAN_NOT_FOUND; 422 on <c>email</c>.</exception>
    public async ValueTask<bool?> Add(WriteTx s, string tenant, string planId, string? email, string language)
    {
        var plan = await plans.Get(s, tenant, planId);
        if (!Sells(plan))
            throw new Refusal(PlanErrors.NotFound);
        var address = ContactRules.Email(email) ?? throw Refusal.Field("email", "accounts.field.email");
        if (!Offered(tenant))
            return null;
        if (await stock.Left(s, tenant, plan) is not 0)
            return false;
        if (await s.Number("SELECT COUNT(*) FROM stock_waits WHERE tenant_id = @tenant AND plan_id = @plan", ("tenant", tenant), ("plan", planId)) < Most)
            await s.Execute("INSERT INTO stock_waits (tenant_id, plan_id, email, id, language, created_at) VALUES (@tenant, @plan, @email, @id, @language, @now) ON CONFLICT DO NOTHING",
                ("tenant", tenant), ("plan", planId), ("email", address), ("id", Ids.New()), ("language", language), ("now", await s.Now()));
        return true;
    }

    /// <summary>Tells those whose plan is there again, the first first.</summary>
    public async Task<Message> Tell(CancellationToken ct)
    {
        await db.Write(async s => await s.Execute("DELETE FROM stock_waits WHERE created_at < @before", ("before", await s.Now() - Kept)), ct);
        var told = 0;
        foreach (var (tenant, plan) in await db.Read(s => s.All("SELECT DISTINCT tenant_id, plan_id FROM stock_waits", r => (r.GetString(0), r.GetString(1))), ct))
            told += await db.Write(s => Tell(s, tenant, plan), ct);
        return new("job.stock.tell.done", told);
    }

    private async ValueTask<int> Tell(WriteTx s, string tenant, string planId)
    {
        (string, object?)[] of = [("tenant", tenant), ("plan", planId)];
        if (await s.Number("SELECT COUNT(*) FROM plans WHERE tenant_id = @tenant AND id = @plan", of) == 0)
        {
            await s.Execute("DELETE FROM stock_waits WHERE tenant_id = @tenant AND plan_id = @plan", of);
            return 0;
        }
        var plan = await plans.Get(s, tenant, planId);
        if (!Sells(plan) || !Offered(tenant) || await stock.Left(s, tenant, plan) is 0)
            return 0;
        // Each is told by whoever takes the row away: two nodes at once tell nobody twice.
        var gone = await s.All(
            "DELETE FROM stock_waits WHERE tenant_id = @tenant AND plan_id = @plan AND email IN (SELECT w.email FROM stock_waits w WHERE w.tenant_id = @tenant AND w.plan_id = @plan ORDER BY w.id LIMIT @most) RETURNING email, id, language",
            r => (Email: r.GetString(0), Id: r.GetString(1), Language: r.GetString(2)), [("most", (long)AtOnce), .. of]);
        var link = $"{SiteAddress.Base(config, tenants, tenant)}/buy/{planId}";
        foreach (var wait in gone)
            await mails.Add(s, tenant, Mails.Of(Mail, wait.Email, wait.Language, plan.Name, link), $"stock:{wait.Id}");
        return gone.Count;
    }

    public async ValueTask Removing(WriteTx tx, string tenant, string accountId) => await tx.Execute(
        "DELETE FROM stock_waits WHERE tenant_id = @tenant AND email = (SELECT a.email FROM accounts a WHERE a.id = @account AND a.tenant_id = @tenant)", ("tenant", tenant), ("account", accountId));

    /// <summary>What an account's address waits for, for who takes their data along.</summary>
    public static async ValueTask WriteOwn(ReadTx s, string tenant, string account, Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (var (plan, at) in await s.All(
            """
            SELECT COALESCE(p.name, w.plan_id), w.created_at FROM stock_waits w LEFT JOIN plans p ON p.id = w.plan_id
            WHERE w.tenant_id = @tenant AND w.email = (SELECT a.email FROM accounts a WHERE a.id = @account AND a.tenant_id = @tenant) ORDER BY w.id
            """, r => (r.GetString(0), r.GetInt64(1)), ("tenant", tenant), ("account", account)))
        {
            json.WriteStartObject();
            json.WriteString("plan", plan);
            json.WriteString("since", DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static bool Sells(Plan plan) => plan is { OnSale: true, Enabled: true, RetiredAt: null };
}
