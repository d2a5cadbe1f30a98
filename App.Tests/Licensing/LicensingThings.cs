using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Batches;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Operations;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing;

/// <summary>Plans and keys for the rows of endpoints.</summary>
public static class LicensingThings
{
    private const string Machine = "machine-1";
    private static long _imported = 100_000_000_000;

    private static async Task<string> RechargePlan(Things t) => (string)(await t.Owner.PostApi("/api/plans", new { name = t.Unique("card"), recharge = 5000 }))["plan"]!["id"]!;

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        ["plan"] = Plan,
        ["plan2"] = Plan,
        ["sold_plan"] = async t =>
        {
            var plan = await Plan(t);
            await t.Owner.MakeKeys(plan);
            return plan;
        },
        // Its name follows from its content: each has its own.
        ["plan_picture"] = async t =>
        {
            var picture = Convert.ToBase64String([.. Convert.FromBase64String(Accounts.TenantsEndpoints.Pixel), .. Guid.NewGuid().ToByteArray()]);
            return (string)(await t.Owner.CallApi(HttpMethod.Put, $"/api/plans/{await Plan(t)}/picture", new { picture }))["plan"]!["picture"]!;
        },
        ["note"] = async t => (string)(await t.Owner.PostApi($"/api/plans/{await t.Get("plan")}/notes", new { text = t.Unique("note") }))["note"]!["id"]!,
        ["batch"] = async t =>
        {
            await t.Get("unused");
            return (string)(await t.Owner.GetApi("/api/batches"))["items"]![0]!["id"]!;
        },
        ["operation"] = async t =>
        {
            await t.Get("unused");
            return (string)(await t.Owner.GetApi("/api/operations"))["items"]![0]!["id"]!;
        },
        ["unused"] = Key,
        ["own_key"] = async t =>
        {
            var key = await Key(t);
            var id = await t.Server.Db.Write(async s =>
            {
                var license = (await s.One("SELECT id FROM licenses WHERE tenant_id = @tenant AND key = @key", r => r.GetString(0), ("tenant", t.Tenant), ("key", key)))!;
                await s.Execute("INSERT INTO account_keys (account_id, license_id, tenant_id, added_at) VALUES (@account, @license, @tenant, @now)",
                    ("account", t.Account), ("license", license), ("tenant", t.Tenant), ("now", t.Server.Clock.Now));
                return license;
            });
            t.Use("own_key_id", id);
            return key;
        },
        ["own_key_id"] = async t =>
        {
            await t.Get("own_key");
            return await t.Get("own_key_id");
        },
        ["recharge_plan"] = RechargePlan,
        ["recharge_key"] = async t => (await t.Owner.Keys(await RechargePlan(t), 1))[0],
        // Its clock runs, and it can be renewed.
        ["own_running_id"] = async t =>
        {
            var id = await t.Get("own_key_id");
            await t.Server.Db.Write(async s =>
            {
                await s.Execute("UPDATE plans SET on_sale = 1 WHERE id = (SELECT plan_id FROM licenses WHERE id = @id)", ("id", id));
                return await s.Execute("UPDATE licenses SET state = 'active', used_at = @now, expire_at = @end WHERE id = @id", ("now", t.Server.Clock.Now), ("end", t.Server.Clock.Now + 30L * 86_400_000), ("id", id));
            });
            return id;
        },
        ["other"] = Key,
        ["releasable"] = async t =>
        {
            await t.Owner.PatchApi("/api/plans/" + await t.Get("plan"), new { releases_per_month = 1 });
            return await Active(t);
        },
        ["active"] = Active,
        ["active2"] = Active,
        ["suspended"] = async t =>
        {
            var key = await Active(t);
            await t.Owner.PatchApi("/api/keys/" + key, new { action = "suspend" });
            return key;
        },
        // Not there yet: one to import.
        ["new_key"] = t => Task.FromResult($"IMP-{Interlocked.Increment(ref _imported)}"),
        ["new_run"] = t => Task.FromResult(BatchOperations.NewKey()),
        ["run"] = async t =>
        {
            var (who, run) = (new Caller(t.Tenant, "staff", t.Account, "Test", Role.Owner, PermissionSet.Everything, null, null), BatchOperations.NewKey());
            var (operations, wanted) = (t.Server.Service<OperationService>(), BatchOperations.Request(new NewKeys(await t.Get("plan"), null, 1, 12, "")));
            await t.Server.Db.Write(s => operations.Start(s, who, BatchOperations.Generate, wanted, 1, run));
            await Wait.Until(async () => (await t.Server.Db.Read(s => operations.Find(s, who, BatchOperations.Generate, run)))!.FinishedAt is not null, "the run has ended");
            return run;
        },
    };

    private static Task<string> Plan(Things t) => t.Owner.MakePlan(t.Unique("plan"), 30 * 86_400, machines: 2);

    private static async Task<string> Key(Things t)
    {
        var key = (await t.Owner.MakeKeys(await t.Get("plan"))).Keys[0];
        t.Label(key.Split('-')[1], "code");
        return key;
    }

    // As a program of that tenant does: over REST every visitor is the default tenant's.
    private static async Task<string> Active(Things t)
    {
        var key = await Key(t);
        var verdict = await t.Server.Service<ActivationService>().Validate(Caller.Public("198.51.100.9", null) with { TenantId = t.Tenant }, key, Machine, default);
        Assert.True(verdict.Valid, verdict.Code);
        return key;
    }
}
