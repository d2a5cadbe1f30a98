using System.Collections.Concurrent;
using System.Security.Cryptography;
using Gatehouse.Derp.Server;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Localization;
using Gatehouse.Relays.Devices;
using Gatehouse.Relays.Metering;
using Gatehouse.Relays.Servers;

namespace Gatehouse.Relays.Running;

/// <summary>A relay as it should be.</summary>
/// <param name="Id">Its container's.</param>
/// <param name="Version">With another one, its devices or its limits are others.</param>
/// <param name="Lets">Are its devices let in?</param>
/// <param name="Rate">Bytes a second for each device; null: as fast as can be.</param>
public sealed record RelayOrder(string Id, string SlotId, string ServerId, string Host, int Port, string CertName, long Version, bool Lets, long? Rate);

/// <summary>A relay that could not be started.</summary>
/// <param name="Stranger">Something else listens on its port.</param>
public sealed record RelayFailure(RelayOrder Order, Message Error, bool Stranger);

/// <summary>
/// The relays of many slots in this process. It knows no database and no appliance: who has it says what should run, one call at a time,
/// and is told what came of it. A relay lets nobody in before it was told whom.
/// </summary>
internal sealed class RelayFleet(ILoggerFactory logs)
{
    private const int AtOnce = 4;
    private const long TellEvery = 3000;
    // Read also by who counts.
    private readonly ConcurrentDictionary<string, Running> _running = [];

    private sealed class Running(DerpServer server, RelayOrder order)
    {
        public DerpServer Server => server;
        public RelayOrder Order { get; set; } = order with { Version = -1 };
        public bool Open { get; set; }
        public bool Used { get; set; }

        /// <summary>What was refused up to then is told.</summary>
        public long Told { get; set; } = long.MinValue / 2;

        public RelayReading Reading() => RelayReading.Of(Order.SlotId, Order.ServerId, Server.State());
    }

    public bool IsEmpty => _running.IsEmpty;

    public bool Runs(string id) => _running.ContainsKey(id);

    /// <summary>Has a device been connected to it?</summary>
    public bool Used(string id) => _running.TryGetValue(id, out var one) && (one.Used |= one.Server.State().Total.Connects > 0);

    /// <summary>What the counters of all say.</summary>
    public IReadOnlyList<RelayReading> Read() => [.. _running.Values.Select(r => r.Reading())];

    /// <summary>The devices that relays with an owner have refused since this was asked last: the first of a relay at once, and then together every few seconds. One that lets nobody in refuses nobody for what it is.</summary>
    public IReadOnlyList<RefusedReading> Refused()
    {
        var (now, all) = (Environment.TickCount64, new List<RefusedReading>());
        foreach (var one in _running.Values.Where(r => r.Open && r.Order.SlotId.Length > 0 && now - r.Told >= TellEvery))
            if (one.Server.Refused(one.Told) is { Count: > 0 } some)
            {
                one.Told = some[0].At;
                all.AddRange(some.Select(d => new RefusedReading(one.Order.SlotId, d.Key, d.Address, Math.Max(0, now - d.At))));
            }
        return all;
    }

    /// <summary>It lets nobody in any more, and cuts who is there.</summary>
    public void Close(string id)
    {
        if (!_running.TryGetValue(id, out var one) || !one.Open)
            return;
        one.Server.Allow([]);
        one.Open = false;
    }

    /// <summary>Stops those that should not run, or should be others; returns what their counters said last.</summary>
    public async Task<IReadOnlyList<RelayReading>> StopOthers(IReadOnlyCollection<RelayOrder> wanted)
    {
        var known = wanted.ToDictionary(w => w.Id);
        return await Task.WhenAll(_running.ToList().Where(r => known.GetValueOrDefault(r.Key) is not { } should || should.Port != r.Value.Order.Port || should.CertName != r.Value.Order.CertName).Select(r => Stop(r.Key, r.Value)));
    }

    /// <summary>Stops all; returns what their counters said last.</summary>
    public async Task<IReadOnlyList<RelayReading>> StopAll() => await Task.WhenAll(_running.ToList().Select(r => Stop(r.Key, r.Value)));

    /// <summary>Starts those that do not run yet; returns those that cannot.</summary>
    /// <param name="identity">What devices know a relay by; null: it is lost.</param>
    public async Task<IReadOnlyList<RelayFailure>> Start(IEnumerable<RelayOrder> wanted, Func<RelayOrder, Task<RelayIdentity?>> identity, CancellationToken ct)
    {
        var failed = new List<RelayFailure>();
        foreach (var some in wanted.Where(w => !Runs(w.Id)).Chunk(AtOnce))
            failed.AddRange((await Task.WhenAll(some.Select(w => Start(w, identity, ct)))).OfType<RelayFailure>());
        return failed;
    }

    /// <summary>Puts the devices and limits of one that runs in force, where they are others than before.</summary>
    public async Task Apply(RelayOrder order, Func<Task<IReadOnlyList<string>>> keys)
    {
        if (!_running.TryGetValue(order.Id, out var one))
            return;
        if (order.Version != one.Order.Version || order.Lets != one.Open)
        {
            one.Server.Allow(order.Lets ? await keys() : []);
            one.Open = order.Lets;
        }
        if (order.Version != one.Order.Version || order.Rate != one.Order.Rate)
            one.Server.Limit(limits => limits with { Rate = order.Rate });
        one.Order = order;
    }

    private async Task<RelayFailure?> Start(RelayOrder order, Func<RelayOrder, Task<RelayIdentity?>> identity, CancellationToken ct)
    {
        try
        {
            if (await identity(order) is not { } own)
                return new(order, new Message("relays.fault.identity"), false);
            _running[order.Id] = new(await DerpServer.Start(EmbeddedRelay.Options(own, order.Host, order.Port), logs, ct), order);
            return null;
        }
        catch (ListenException e)
        {
            return new(order, new Message("relays.fault.listen", order.Port, e.Message), !ServerChecks.IsFree(order.Port));
        }
        catch (Exception e) when (e is InvalidDataException or CryptographicException)
        {
            return new(order, new Message("relays.fault.identity"), false);
        }
    }

    private async Task<RelayReading> Stop(string id, Running one)
    {
        _running.TryRemove(id, out _);
        await one.Server.DisposeAsync();
        return one.Reading();
    }
}
