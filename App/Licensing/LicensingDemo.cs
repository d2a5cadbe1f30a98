using System.Globalization;
using System.Security.Cryptography;
using Gatehouse.Audit.Log;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Batches;
using Gatehouse.Licensing.Imports;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Features;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing;

/// <summary>A shop that has sold keys for a month.</summary>
internal sealed class LicensingDemo : DemoPart
{
    private static readonly string[] SampleKeys = ["BASIC-SAMPLE345678", "PREMIUM-TEST789012", "VIP-DEMO123456"];
    private readonly List<string> _unused = [];

    public override ValueTask<long> Rows(ReadTx s) => s.Number("SELECT (SELECT COUNT(*) FROM plans) + (SELECT COUNT(*) FROM licenses)");

    public override async Task Open(DemoWorld world)
    {
        var plans = world.Services.GetRequiredService<PlanService>();
        var keys = world.Services.GetRequiredService<BatchService>();
        await world.Db.Write(async s =>
        {
            _unused.Clear();
            foreach (var (draft, count) in Plans())
            {
                var plan = await plans.Create(s, world.Who, draft);
                var sample = SampleKeys.Single(k => k.StartsWith(draft.Prefix + "-", StringComparison.Ordinal));
                await keys.Import(s, world.Who, plan.Id, "Samples", [new ImportLine(1, sample, "Sample for chen.yu@example.com")]);
                var made = await keys.Generate(s, world.Who, new NewKeys(plan.Id, null, count, Note: $"{plan.Name}, first print"));
                _unused.AddRange(made.Keys);
            }
            return true;
        });
    }

    public override async Task Live(DemoWorld world, int day, DateTimeOffset end)
    {
        // More on some days than on others, and more from week to week.
        var buyers = 2 + world.Random.Next(5) + (DemoWorld.Days - day) / 6;
        for (var i = 0; i < buyers && _unused.Count > 0; i++)
        {
            world.Clock.Now = end.AddMinutes(-1440.0 * (buyers - i) / (buyers + 1));
            if (world.Clock.Now >= world.Begin)
                await Activate(world);
        }
        world.Clock.Now = end;
        await world.Services.GetRequiredService<ExpiryJob>().Run(CancellationToken.None);
    }

    private static IEnumerable<(Plan Draft, int Count)> Plans()
    {
        yield return (new Plan { Name = "Basic", Product = "Atlas", Prefix = "BASIC", DurationSeconds = 3 * 3600, Price = 1_00, Notes = "Three hours to try it." }, 150);
        yield return (new Plan
        {
            Name = "Premium", Product = "Atlas", Prefix = "PREMIUM", DurationSeconds = 30 * 86400, Price = 30_00, MachineLimit = 2,
            Entitlements = """{"export":true,"projects":20}""",
        }, 100);
        yield return (new Plan
        {
            Name = "VIP", Product = "Atlas", Prefix = "VIP", DurationSeconds = 365 * 86400, Price = 298_00, MachineLimit = 3, ReleasesPerMonth = 2, OfflineGraceSeconds = 7 * 86400,
            Entitlements = """{"export":true,"projects":-1,"support":"priority"}""",
        }, 50);
    }

    private async Task Activate(DemoWorld world)
    {
        var (random, who) = (world.Random, world.Who);
        var key = _unused[random.Next(_unused.Count)];
        _unused.Remove(key);
        var machine = Convert.ToHexStringLower(SHA256.HashData(BitConverter.GetBytes(random.Next())))[..32];
        // Addresses of the block that is kept for examples.
        var buyer = Caller.Public("203.0.113." + random.Next(1, 255).ToString(CultureInfo.InvariantCulture), "AtlasClient/2.1");
        await world.Services.GetRequiredService<ActivationService>().Validate(buyer, key, machine, CancellationToken.None);
        var (life, fate) = (world.Services.GetRequiredService<LicenseActions>(), random.Next(30));
        if (fate == 0)
            await world.Db.Command(who, s => life.Apply(s, who, key, new LicenseAction(ActionName.Suspend, Reason: "Chargeback")));
        else if (fate == 1)
            await world.Db.Command(who, s => life.Apply(s, who, key, new LicenseAction(ActionName.Revoke, Reason: "Refunded")));
    }
}
