using System.Globalization;
using System.Security.Cryptography;
using Gatehouse.Accounts.Customers;
using Gatehouse.Audit.Log;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Batches;
using Gatehouse.Licensing.Imports;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Cli.Commands;

/// <summary>
/// <c>serve --demo</c>: a shop that has sold keys for a month. It is lived through by the services themselves under a clock of
/// its own, so that histories, charts and the audit log are what they would be. No staff: that would be a known password.
/// </summary>
internal sealed class DemoData(ServiceProvider services, DemoData.Clock clock, Database db)
{
    private const int Days = 30;
    private static readonly string[] SampleKeys = ["BASIC-SAMPLE345678", "PREMIUM-TEST789012", "VIP-DEMO123456"];
    private readonly Random _random = new(345678);
    private readonly Caller _who = Caller.System with { Name = "demo" };

    /// <summary>Fills the database and returns true; false when there is anything in it already.</summary>
    public static async Task<bool> Fill(IConfiguration config, Installation place)
    {
        var db = place.Db;
        if (await db.Read(s => s.Number("SELECT (SELECT COUNT(*) FROM accounts) + (SELECT COUNT(*) FROM plans) + (SELECT COUNT(*) FROM licenses)")) > 0)
            return false;
        var clock = new Clock();
        var services = new ServiceCollection();
        services.AddLogging();
        Program.AddGatehouse(services, config, place);
        services.AddSingleton<TimeProvider>(clock);
        await using var provider = services.BuildServiceProvider();
        await new DemoData(provider, clock, db).Live();
        return true;
    }

    private async Task Live()
    {
        var now = DateTimeOffset.UtcNow;
        clock.Now = now.AddDays(-Days);
        var unused = new List<string>();
        await Open(unused);
        for (var day = Days; day >= 0; day--)
        {
            var morning = now.AddDays(-day);
            // More on some days than on others, and more from week to week.
            var buyers = 2 + _random.Next(5) + (Days - day) / 6;
            for (var i = 0; i < buyers && unused.Count > 0; i++)
            {
                clock.Now = morning.AddMinutes(-1440.0 * (buyers - i) / (buyers + 1));
                if (clock.Now >= now.AddDays(-Days))
                    await Activate(unused);
            }
            clock.Now = morning;
            await services.GetRequiredService<ExpiryJob>().Run(CancellationToken.None);
        }
    }

    private async Task Open(List<string> unused)
    {
        var plans = services.GetRequiredService<PlanService>();
        var keys = services.GetRequiredService<BatchService>();
        var unknown = await services.GetRequiredService<Passwords>().Hash(OpaqueToken.Create());
        await db.Write(async s =>
        {
            unused.Clear();
            await services.GetRequiredService<CustomerService>().Create(s, _who, "chen.yu@example.com", "Chen Yu 陈宇", unknown);
            foreach (var (draft, count) in Plans())
            {
                var plan = await plans.Create(s, _who, draft);
                var sample = SampleKeys.Single(k => k.StartsWith(draft.Prefix + "-", StringComparison.Ordinal));
                await keys.Import(s, _who, plan.Id, "Samples", [new ImportLine(1, sample, "Sample for chen.yu@example.com")]);
                var made = await keys.Generate(s, _who, new NewKeys(plan.Id, null, count, Note: $"{plan.Name}, first print"));
                unused.AddRange(made.Keys);
            }
            return true;
        });
    }

    private static IEnumerable<(Plan Plan, int Count)> Plans()
    {
        yield return (new Plan { Name = "Basic", Product = "Atlas", Prefix = "BASIC", DurationSeconds = 3 * 3600, Price = 1_00, Notes = "Three hours to try it." }, 150);
        yield return (new Plan
        {
            Name = "Premium", Product = "Atlas", Prefix = "PREMIUM", DurationSeconds = 30 * 86400, Price = 30_00, MachineLimit = 2,
            Entitlements = """{"export":true,"projects":20}""",
        }, 100);
        yield return (new Plan
        {
            Name = "VIP", Product = "Atlas", Prefix = "VIP", DurationSeconds = 365 * 86400, Price = 298_00, MachineLimit = 3, OfflineGraceSeconds = 7 * 86400,
            Entitlements = """{"export":true,"projects":-1,"support":"priority"}""",
        }, 50);
    }

    private async Task Activate(List<string> unused)
    {
        var key = unused[_random.Next(unused.Count)];
        unused.Remove(key);
        var machine = Convert.ToHexStringLower(SHA256.HashData(BitConverter.GetBytes(_random.Next())))[..32];
        // Addresses of the block that is kept for examples.
        var buyer = Caller.Public("203.0.113." + _random.Next(1, 255).ToString(CultureInfo.InvariantCulture), "AtlasClient/2.1");
        await services.GetRequiredService<ActivationService>().Validate(buyer, key, machine, CancellationToken.None);
        var (life, fate) = (services.GetRequiredService<LicenseActions>(), _random.Next(30));
        if (fate == 0)
            await db.Command(_who, s => life.Apply(s, _who, key, new LicenseAction(ActionName.Suspend, Reason: "Chargeback")));
        else if (fate == 1)
            await db.Command(_who, s => life.Apply(s, _who, key, new LicenseAction(ActionName.Revoke, Reason: "Refunded")));
    }

    internal sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
