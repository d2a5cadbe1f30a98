using System.Collections.Frozen;
using Gatehouse.Accounts.Brands;
using Gatehouse.Accounts.Quotas;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;

namespace Gatehouse.Accounts.Tenants;

/// <summary>
/// The tenants and their limits in memory: a request asks for its own before it does anything else. The node that changes one knows it at
/// once, others within <see cref="Freshness"/>.
/// </summary>
public sealed class TenantDirectory(Database db, TenantQuotas quotas, TimeProvider clock) : ITenants
{
    internal static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private volatile Known _known = new(null, [], FrozenDictionary<string, TenantFace>.Empty, FrozenDictionary<string, string>.Empty);

    private sealed record Known(long? ReadAt, IReadOnlyList<TenantFace> All, FrozenDictionary<string, TenantFace> ById, FrozenDictionary<string, string> ByHost);

    public IReadOnlyList<TenantFace> All => _known.All;

    public TenantFace? Find(string id) => _known.ById.GetValueOrDefault(id);

    public string OfHost(string host)
    {
        var byHost = _known.ByHost;
        return byHost.Count > 0 && byHost.TryGetValue(host, out var tenant) ? tenant : Caller.DefaultTenant;
    }

    public async ValueTask Refresh(bool now = false)
    {
        if (now || _known.ReadAt is not { } at || clock.GetElapsedTime(at) >= Freshness)
            await Read(CancellationToken.None);
    }

    /// <summary>Knows on this node what the transaction changes, once it has ended.</summary>
    internal void KnowAfter(WriteTx s) => s.AfterCommit(() => Read(CancellationToken.None));

    internal async Task Read(CancellationToken ct)
    {
        var time = clock.GetTimestamp();
        var (all, limits) = await db.Read(async s => (await TenantStore.All(s), await TenantQuotas.All(s)), ct);
        List<TenantFace> faces = [.. all.Select(t => new TenantFace(t.Id, t.Name, t.Languages, t.Logo.Length > 0 ? BrandPages.Address(t.Logo) : null, t.Colour.Length > 0 ? BrandColour.Style(t.Colour) : null, t.Hosts.FirstOrDefault(), t.State))];
        var byHost = all.SelectMany(t => t.Hosts.Select(h => KeyValuePair.Create(h, t.Id))).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        lock (_gate)
        {
            // What was read before a change must not take the place of what was read after it.
            if (_known.ReadAt > time)
                return;
            _known = new(time, faces, faces.ToFrozenDictionary(f => f.Id), byHost);
            quotas.Use(limits);
        }
    }
}

/// <summary>Lets a running server see within seconds what another node changed of tenants. It has seen them before the first request comes.</summary>
internal sealed partial class TenantWatch(TenantDirectory directory, TimeProvider clock, ILogger<TenantWatch> log) : RowWatch(TenantDirectory.Freshness, clock)
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await directory.Read(cancellationToken);
        }
        catch (StorageException e)
        {
            // It goes on looking; until then all are on the default one's site.
            Failed(log, e.Message);
        }
        await base.StartAsync(cancellationToken);
    }

    protected override Task Look(CancellationToken ct) => directory.Read(ct);

    protected override void Trouble(string reason) => Failed(log, reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What is known of the businesses in this appliance is not up to date: {Reason}")]
    private static partial void Failed(ILogger log, string reason);
}
