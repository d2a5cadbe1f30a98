using Gatehouse.Audit.Log;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Batches;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Tests.Licensing;

/// <summary>The services without the web: a database of its own on either engine, a clock that stands still, and short ways to sell.</summary>
internal sealed class Shop : IAsyncDisposable
{
    public const string Machine = "machine-1";
    public static readonly Caller Staff = new(Caller.DefaultTenant, "staff", "staff-1", "Wei", Role.Owner, PermissionSet.Everything, "192.0.2.7", null);
    public static readonly Caller Customer = Caller.Public("198.51.100.9", null);

    private readonly TestDatabase _database;
    private readonly ServiceProvider _services;

    private Shop(TestDatabase database, ServiceProvider services, FakeClock clock) => (_database, _services, Clock) = (database, services, clock);

    public FakeClock Clock { get; }

    public long Now => Clock.Now;

    public Database Db => _database.Database;

    public TestDatabase Storage => _database;

    public ActivationService Activation => Get<ActivationService>();

    public static async Task<Shop> Open(Engine engine = Engine.Sqlite, Dictionary<string, string?>? settings = null)
    {
        var database = await TestDatabase.Open(engine);
        var clock = database.Clock;
        var config = new ConfigurationBuilder().AddInMemoryCollection(settings ?? new() { ["RateLimits:Enabled"] = "false" }).Build();
        var services = new ServiceCollection();
        services.AddLogging(l => l.SetMinimumLevel(LogLevel.None));
        Program.AddGatehouse(services, config, database.Installation);
        services.AddSingleton<TimeProvider>(clock);
        return new Shop(database, services.BuildServiceProvider(), clock);
    }

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>A plan; of 30 days for one machine unless said otherwise.</summary>
    public Task<Plan> Plan(string name = "VIP", long? seconds = 30 * 86400, long machines = 1, string prefix = "VIP", long grace = 86400, string entitlements = "{}") =>
        Db.Write(s => Get<PlanService>().Create(s, Staff, new Plan
        {
            Name = name, DurationSeconds = seconds, MachineLimit = machines, Prefix = prefix, OfflineGraceSeconds = grace, Entitlements = entitlements,
        }));

    public async Task<IReadOnlyList<string>> Keys(Plan plan, int count, string? prefix = null, string? note = null) =>
        (await Db.Write(s => Get<BatchService>().Generate(s, Staff, new NewKeys(plan.Id, prefix, count, Note: note)))).Keys;

    /// <summary>One unused key of a new plan.</summary>
    public async Task<string> Unused(long? seconds = 30 * 86400, long machines = 1) => (await Keys(await Plan(seconds: seconds, machines: machines), 1))[0];

    /// <summary>One key that was activated now for <see cref="Machine"/>.</summary>
    public async Task<string> Active(long? seconds = 30 * 86400, long machines = 1)
    {
        var key = await Unused(seconds, machines);
        Assert.True((await Validate(key)).Valid);
        return key;
    }

    public Task<Validation> Validate(string key, string machine = Machine) => Activation.Validate(Customer, key, machine, default);

    public Task<License?> Do(string key, LicenseAction action) => Db.Write(s => Get<LicenseActions>().Apply(s, Staff, key, action));

    public Task<License?> Do(string key, string action, string? reason = null) => Do(key, new LicenseAction(action, Reason: reason));

    public Task<BulkResult> DoMany(LicenseAction action, IReadOnlyList<string>? keys = null, LicenseFilter? filter = null) =>
        Db.Command(Staff, s => Get<LicenseActions>().ApplyMany(s, Staff, keys, filter, action));

    public Task<License> Key(string key) => Get<LicenseQueries>().Get(Caller.DefaultTenant, key, default);

    public async Task<string> State(string key) => (await Key(key)).StateAt(Now);

    /// <summary>The kinds of its history, oldest first.</summary>
    public async Task<List<string>> History(string key) => [.. (await Events(key)).Select(e => e.Kind)];

    /// <summary>Its history, oldest first.</summary>
    public async Task<List<LicenseEvent>> Events(string key)
    {
        var (_, history) = await Get<LicenseQueries>().Detail(Caller.DefaultTenant, (await Key(key)).Id, default);
        // An id holds the time of the machine, an event that of the test's clock.
        return [.. history.OrderBy(e => e.At).ThenBy(e => e.Id, StringComparer.Ordinal)];
    }

    public async Task<List<string>> Machines(string key) =>
        [.. (await Get<LicenseQueries>().Detail(Caller.DefaultTenant, (await Key(key)).Id, default)).Machines.Select(m => m.MachineCode)];

    public Task<long> Count(string sql, params (string, object?)[] args) => Db.Read(s => s.Number(sql, args));

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }
}
