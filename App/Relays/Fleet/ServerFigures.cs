using Gatehouse.Relays.Health;
using Gatehouse.Relays.Servers;
using Gatehouse.Relays.Traffic;

namespace Gatehouse.Relays.Fleet;

/// <summary>How a server does and what it is worth. Rates in bytes a second, money in minor units a month.</summary>
/// <param name="People">Whose relays are on it.</param>
/// <param name="Period">The month of its provider that it is in.</param>
/// <param name="Carried">In that month.</param>
/// <param name="Hours">How it answered in the last 24 hours, the oldest first.</param>
/// <param name="Brings">What its rentals bring, by currency: of a rental on three servers, each brings a third.</param>
public sealed record ServerFigures(RelayServer Server, long People, TrafficPeriod Period, Volume Carried, AllowanceForecast Forecast, long RateIn, long RateOut, IReadOnlyList<ProbeStep> Hours, IReadOnlyDictionary<string, long> Brings)
{
    public ServerAllowance Allowance => Server.Allowance;

    /// <summary>Of its allowance, by its provider's count.</summary>
    public long Used => Allowance.Used(Carried);

    /// <summary>Until it stops; null: there is no end to it.</summary>
    public long? Left => Allowance.Cap is { } cap ? Math.Max(0, cap - Used) : null;

    /// <summary>What it carries now, as it goes over its line: the greater of the two ways.</summary>
    public long Rate => Math.Max(RateIn, RateOut);

    /// <summary>Percent of its bandwidth; null where that is not known.</summary>
    public long? Load => Server.Bandwidth is { } most ? Math.Min(999, Rate * 100 / most) : null;

    /// <summary>What it took to answer in the last hour that it did, in milliseconds.</summary>
    public long? Ms => Hours.LastOrDefault(h => h.Ms is not null)?.Ms;

    /// <summary>Against its cost, in the currency of that.</summary>
    public long Margin => Brings.GetValueOrDefault(Server.Currency) - Server.Cost;

    /// <summary>Something costs or comes in.</summary>
    public bool HasMoney => Server.Cost > 0 || Brings.Count > 0;

    /// <summary>Its machine has to dial in, and has not.</summary>
    public bool IsAway => Server.IsAway;

    /// <summary>What people are told that it is: draining, waiting, away, or its health.</summary>
    public string State => Server.Draining ? "draining" : IsAway ? Server.SeenAt is null ? "waiting" : "away" : Server.Health;

    /// <summary>Somebody should look at it: it is not well, or its traffic will not do.</summary>
    public bool NeedsLook => IsAway || Server.Health is ServerHealth.Down or ServerHealth.Degraded || Forecast.FullAt is not null || Load >= 90;
}

/// <summary>Servers together, those of a region or all.</summary>
/// <param name="Code">Of the region; null: all.</param>
/// <param name="People">Each once, on however many of them.</param>
public sealed record FleetTotals(string? Code, string Name, IReadOnlyList<ServerFigures> Servers, long People)
{
    public long Slots => Servers.Sum(f => f.Server.Slots);

    public long Places => Servers.Sum(f => f.Server.Slots + f.Server.Room);

    /// <summary>Of those that have an allowance.</summary>
    public long Used => Servers.Where(f => f.Allowance.Bytes is not null).Sum(f => f.Used);

    public long Allowed => Servers.Sum(f => f.Allowance.Bytes ?? 0);

    public long RateIn => Servers.Sum(f => f.RateIn);

    public long RateOut => Servers.Sum(f => f.RateOut);

    public long Rate => Servers.Sum(f => f.Rate);

    /// <summary>What comes in less what it costs, each currency by itself: nobody knows tomorrow's rates.</summary>
    public IReadOnlyList<(string Currency, long Brings, long Cost)> Money =>
    [
        .. Servers.SelectMany(f => f.Brings.Select(b => (Currency: b.Key, Brings: b.Value, Cost: 0L)).Append((Currency: f.Server.Currency, Brings: 0L, Cost: f.Server.Cost))).GroupBy(m => m.Currency)
            .Select(g => (Currency: g.Key, Brings: g.Sum(m => m.Brings), Cost: g.Sum(m => m.Cost))).Where(m => m.Brings != 0 || m.Cost != 0).OrderByDescending(m => Math.Max(m.Brings, m.Cost)).ThenBy(m => m.Currency, StringComparer.Ordinal),
    ];
}

/// <summary>All servers of a business, by region and name.</summary>
public sealed record FleetView(IReadOnlyList<FleetTotals> Regions, FleetTotals All);
