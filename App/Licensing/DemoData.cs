using Gatehouse.Accounts;
using Gatehouse.Operations;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Web;

namespace Gatehouse.Licensing;

/// <summary>Fills an empty database with plans, an example customer, keys and a month of activations, to look around with.</summary>
public sealed class DemoData(PlanService plans, KeyService keys, AccountService accounts, Audit audit, TimeProvider clock)
{
    private const long Day = 86_400_000;

    private static readonly (PlanDraft Plan, string Key, int Keys, int Active)[] Offers =
    [
        (new PlanDraft { Name = "VIP", Product = "Example client", DurationSeconds = 30 * 86400, Price = 3000, Prefix = "VIP", Entitlements = """{"hd":true,"devices":3}""", MachineLimit = 3 },
            "VIP-DEMO123456", 60, 41),
        (new PlanDraft { Name = "Premium", Product = "Example client", DurationSeconds = 365 * 86400, Price = 26800, Prefix = "PREMIUM", Entitlements = """{"hd":true,"support":"priority"}""" },
            "PREMIUM-TEST789012", 24, 9),
        (new PlanDraft { Name = "Basic", Product = "Example client", Price = 200, Prefix = "BASIC", Notes = "For trying things out." },
            "BASIC-SAMPLE345678", 120, 64),
    ];

    /// <summary>Fills the tenant's database and returns true; touches nothing and returns false when it holds anything already.</summary>
    /// <param name="passwordHash">Of the example customer, hashed before the transaction.</param>
    public async ValueTask<bool> Fill(Session s, Caller who, string passwordHash)
    {
        foreach (var table in new[] { "plans", "licenses", "accounts" })
            if (await s.Number($"SELECT COUNT(*) FROM {table} WHERE tenant_id = @tenant", ("tenant", who.TenantId)) > 0)
                return false;
        // The same each time: a demonstration can be told about.
        var dice = new Random(20261120);
        foreach (var (draft, key, count, active) in Offers)
        {
            var plan = await plans.Create(s, who, draft);
            await keys.Import(s, who, plan.Id, $"{plan.Name}, to try", [new ImportLine(1, key, "Demonstration key")]);
            var batch = await keys.Generate(s, who, new NewKeys(plan.Id, null, count, Note: $"{plan.Name}, first batch"));
            foreach (var used in batch.Keys.Take(active))
                await Activate(s, who.TenantId, used, plan, dice);
        }
        await accounts.CreateCustomer(s, who, "customer@example.com", "Example customer", passwordHash);
        await audit.Write(s, who, "demo.filled", new AuditTarget("tenant", who.TenantId, who.TenantId));
        return true;
    }

    private async ValueTask Activate(Session s, string tenant, string key, Plan plan, Random dice)
    {
        var at = clock.GetUtcNow().ToUnixTimeMilliseconds() - (long)(Math.Pow(dice.NextDouble(), 1.4) * 28 * Day);
        var id = await LicenseStore.Lock(s, tenant, key) ?? throw new InvalidOperationException($"{key} was just made and is not there.");
        var machine = Guid.NewGuid().ToString();
        await LicenseStore.Start(s, tenant, id, at);
        await LicenseStore.Bind(s, tenant, id, machine, null, at);
        await s.Execute(LicenseStore.InsertEvent, LicenseStore.Event(tenant, id, Tokens.NewId(), at, "activated", "public", null, machine));
    }
}
