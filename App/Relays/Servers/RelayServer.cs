using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Engines;
using Gatehouse.Relays.Traffic;

namespace Gatehouse.Relays.Servers;

/// <summary>A machine that runs relays. Sizes in bytes, money in minor units a month, times in unix milliseconds.</summary>
[JsonConverter(typeof(RelayServerConverter))]
public sealed record RelayServer
{
    /// <summary>Its relays run in this process.</summary>
    public const string Embedded = "embedded";

    /// <summary>Its relays run in one process on a machine elsewhere, which dials out to the appliance.</summary>
    public const string RelayHost = "relay_host";

    /// <summary>Each of its relays runs in a container of a Docker engine.</summary>
    public const string Docker = "docker";

    internal const string NoEngine = "{}";
    internal const int MaxName = 80;
    private const long MaxMoney = 1_000_000_000_00, MaxBytes = 1L << 60;
    private const FieldUse Computed = FieldUse.Shown;

    /// <summary>How its provider counts traffic: what goes out, both ways, or the greater of the two.</summary>
    public static readonly IReadOnlyList<string> Counts = ["out", "both", "max"];

    /// <summary>All that is known of one, declared once.</summary>
    public static readonly Fields<RelayServer> Fields = new Fields<RelayServer>("relay_servers", "v")
        .Text("id", v => v.Id, (v, x) => v with { Id = x }, use: FieldUse.Shown | FieldUse.Inserted)
        .Text("kind", v => v.Kind, (v, x) => v with { Kind = x }, use: FieldUse.Set | FieldUse.Shown | FieldUse.Inserted)
        .Text("name", v => v.Name, (v, x) => v with { Name = x }, (check, field, x) => check.Text(field, x, 1, MaxName))
        .Text("address", v => v.Address, (v, x) => v with { Address = x }, CheckAddress)
        .TextOrNull("ipv6", v => v.Ipv6, (v, x) => v with { Ipv6 = x }, CheckIpv6)
        .Text("region_code", v => v.RegionCode, (v, x) => v with { RegionCode = x }, CheckRegion)
        .Text("region_name", v => v.RegionName, (v, x) => v with { RegionName = x }, (check, field, x) => check.Text(field, x, 0, 60))
        .Text("coordinates", v => v.Coordinates, (v, x) => v with { Coordinates = x }, CheckCoordinates)
        .Number("port_from", v => v.PortFrom, (v, x) => v with { PortFrom = x }, (check, field, x) => check.Range(field, x, 1024, 65535))
        .Number("port_to", v => v.PortTo, (v, x) => v with { PortTo = x }, (check, field, x) => check.Range(field, x, 1024, 65535))
        .NumberOrNull("slot_limit", v => v.SlotLimit, (v, x) => v with { SlotLimit = x }, (check, field, x) => x is { } most ? check.Range(field, most, 1, 100_000) : null, FieldInputs.WholeOrNull<RelayServer>("slot_limit"))
        .NumberOrNull("bandwidth", v => v.Bandwidth, (v, x) => v with { Bandwidth = x }, (check, field, x) => x is { } most ? check.Range(field, most, 1000, MaxBytes) : null, FieldInputs.RateOrNull<RelayServer>("bandwidth"))
        .NumberOrNull("traffic_allowance", v => v.TrafficAllowance, (v, x) => v with { TrafficAllowance = x }, (check, field, x) => x is { } most ? check.Range(field, most, 1, MaxBytes) : null, FieldInputs.SizeOrNull<RelayServer>("traffic_allowance"))
        .Text("traffic_counted", v => v.TrafficCounted, (v, x) => v with { TrafficCounted = x }, CheckCounted)
        .Number("traffic_reset_day", v => v.TrafficResetDay, (v, x) => v with { TrafficResetDay = x }, (check, field, x) => check.Range(field, x, 1, 31))
        .Number("traffic_stop_percent", v => v.TrafficStopPercent, (v, x) => v with { TrafficStopPercent = x }, (check, field, x) => check.Range(field, x, 1, 100))
        .Number("multiplier", v => v.Multiplier, (v, x) => v with { Multiplier = x }, (check, field, x) => check.Range(field, x, 0, 10_000))
        .Amount("cost", v => v.Cost, (v, x) => v with { Cost = x }, (check, field, x) => check.Range(field, x, 0, MaxMoney), "currency", v => v.Currency)
        .Text("currency", v => v.Currency, (v, x) => v with { Currency = x }, CheckCurrency)
        .Number("billing_day", v => v.BillingDay, (v, x) => v with { BillingDay = x }, (check, field, x) => check.Range(field, x, 1, 31))
        .Text("link_url", v => v.LinkUrl, (v, x) => v with { LinkUrl = x }, CheckLinkUrl)
        .Json("docker", v => v.Engine, (v, x) => v with { Engine = x }, (_, _, x) => x == "null" ? NoEngine : x,
            new("docker_url", (_, engine, form) => DockerSettings.Parse(engine).ToForm(form), (form, _, _) => DockerSettings.FromForm(form).ToText()))
        .Text("sealed_secrets", v => v.SealedSecrets, (v, x) => v with { SealedSecrets = x }, use: FieldUse.Stored)
        .Text("engine_id", v => v.EngineId, (v, x) => v with { EngineId = x }, use: FieldUse.Stored)
        .TextOrNull("engine_error", v => v.EngineError, (v, x) => v with { EngineError = x }, null, use: default)
        .Flag("draining", v => v.Draining, (v, x) => v with { Draining = x })
        .Text("notes", v => v.Notes, (v, x) => v with { Notes = x }, (check, field, x) => check.Text(field, x, 0, 2000, lines: true))
        .Text("health", v => v.Health, (v, x) => v with { Health = x }, use: Computed)
        .Number("slots", v => v.Slots, (v, x) => v with { Slots = x }, use: Computed, sql: "((SELECT COUNT(*) FROM relay_slots s WHERE s.server_id = v.id AND s.released_at IS NULL) + (SELECT COUNT(*) FROM relay_containers c JOIN relay_slots s ON s.id = c.slot_id WHERE c.server_id = v.id AND s.server_id <> v.id))")
        .Text("folded", v => v.Folded, (v, _) => v, use: FieldUse.Stored)
        .TimeOrNull("seen_at", v => v.SeenAt, (v, x) => v with { SeenAt = x }, Computed)
        .TimeOrNull("connected_at", v => v.ConnectedAt, (v, x) => v with { ConnectedAt = x }, Computed, sql: "(SELECT h.connected_at FROM relay_hosts h WHERE h.server_id = v.id AND h.link_id IS NOT NULL)")
        .Time("created_at", v => v.CreatedAt, (v, x) => v with { CreatedAt = x }, FieldUse.Shown | FieldUse.Inserted)
        .Time("updated_at", v => v.UpdatedAt, (v, x) => v with { UpdatedAt = x }, FieldUse.Shown | FieldUse.Stored);

    public string Id { get; init; } = "";
    public string Kind { get; init; } = Embedded;
    public string Name { get; init; } = "";

    /// <summary>What devices connect to: an IPv4 or IPv6 address, or a host name.</summary>
    public string Address { get; init; } = "";

    /// <summary>Beside an IPv4 address or a host name.</summary>
    public string? Ipv6 { get; init; }
    public string RegionCode { get; init; } = "home";

    /// <summary>What people call the region; its code where none is given.</summary>
    public string RegionName { get; init; } = "";

    /// <summary>Degrees: <c>31.23, 121.47</c>; empty: unknown.</summary>
    public string Coordinates { get; init; } = "";
    public long PortFrom { get; init; } = 20_000;
    public long PortTo { get; init; } = 29_999;

    /// <summary>Relays that it runs at most; null: as many as it has ports.</summary>
    public long? SlotLimit { get; init; }

    /// <summary>Bytes a second.</summary>
    public long? Bandwidth { get; init; }

    /// <summary>What its provider lets it send each period; null: as much as it likes.</summary>
    public long? TrafficAllowance { get; init; }
    public string TrafficCounted { get; init; } = "both";
    public long TrafficResetDay { get; init; } = 1;
    public long TrafficStopPercent { get; init; } = 95;

    /// <summary>Percent: what customers' traffic on it counts.</summary>
    public long Multiplier { get; init; } = 100;
    public long Cost { get; init; }
    public string Currency { get; init; } = "CNY";
    public long BillingDay { get; init; } = 1;

    /// <summary>By which address its host reaches the appliance; empty: by the public one.</summary>
    public string LinkUrl { get; init; } = "";

    /// <summary>Of kind <c>docker</c>: which engine, as JSON (<see cref="DockerSettings"/>); what is secret in it only until it is kept.</summary>
    public string Engine { get; init; } = NoEngine;

    /// <summary>What of that is secret.</summary>
    public string SealedSecrets { get; init; } = "";

    /// <summary>Which engine that is, as it says itself: another one behind the same address is not touched. Empty: not known yet.</summary>
    public string EngineId { get; init; } = "";

    /// <summary>Why its engine cannot be used now, as a stored message; null: it can, or there is none.</summary>
    public string? EngineError { get; init; }

    /// <summary>It takes nobody new.</summary>
    public bool Draining { get; init; }
    public string Notes { get; init; } = "";

    /// <summary>unknown, healthy, degraded or down.</summary>
    public string Health { get; init; } = "unknown";

    /// <summary>How many relays are on it: also those that come to it, and those that run on until their devices have found the new place.</summary>
    public long Slots { get; init; }
    public long? SeenAt { get; init; }

    /// <summary>Since when its host is connected; null: it is not, or the server has none.</summary>
    public long? ConnectedAt { get; init; }
    public long CreatedAt { get; init; }
    public long UpdatedAt { get; init; }

    /// <summary>Null where devices go by its name.</summary>
    public IPAddress? Ip => IPAddress.TryParse(Address, out var ip) ? ip : null;

    private string Folded => SearchText.Of(Name, Address, RegionCode, RegionName, Notes);

    /// <summary>Is that a part of what it is called or said of it?</summary>
    public bool Finds(string typed) => Folded.Contains(Folding.Of(typed.Trim()), StringComparison.Ordinal);

    /// <summary>How many relays it has room for.</summary>
    public long Room => Math.Max(0, Math.Min(SlotLimit ?? long.MaxValue, PortTo - PortFrom + 1) - Slots);

    /// <summary>What its provider lets it carry, and how that is counted.</summary>
    public ServerAllowance Allowance => new(TrafficAllowance, TrafficCounted, (int)TrafficResetDay, (int)TrafficStopPercent);

    /// <summary>May relays be placed on it: is whatever runs them there?</summary>
    public bool IsThere => Health != "down" && !IsAway;

    /// <summary>Is whatever runs its relays out of reach?</summary>
    public bool IsAway => Kind == RelayHost && ConnectedAt is null || EngineError is not null;

    // Not what it holds.
    public override string ToString() => $"server {Id} {Name}";

    /// <summary>May hosts reach the appliance by such an address? By HTTPS, or on the machine itself: relays' keys come that way.</summary>
    public static bool IsLinkUrl(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri is { UserInfo: "", Query: "", Fragment: "" } && (uri.Scheme == "https" || uri is { Scheme: "http", IsLoopback: true });

    /// <summary>Only this machine's network reaches it.</summary>
    public bool IsPrivate => Ip is { } ip && (IPAddress.IsLoopback(ip) || ip.IsIPv6LinkLocal || ip.IsIPv6UniqueLocal || ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
        && ip.GetAddressBytes() is [10, ..] or [192, 168, ..] or [172, >= 16 and <= 31, ..] or [169, 254, ..] or [100, >= 64 and <= 127, ..]);

    private static string CheckAddress(FieldChecks check, string field, string typed)
    {
        var address = PastedText.Clean(typed).Trim().Trim('[', ']').TrimEnd('.').ToLowerInvariant();
        if (address.Length == 0)
            check.Wrong(field, "field.required");
        else if (IPAddress.TryParse(address, out var ip))
            return ip.ToString();
        else if (address.Length > 253 || !address.Contains('.') || Uri.CheckHostName(address) != UriHostNameType.Dns || char.IsAsciiDigit(address[^1]))
            check.Wrong(field, "servers.wrong.address");
        return address;
    }

    private static string? CheckIpv6(FieldChecks check, string field, string? typed)
    {
        var text = typed?.Trim().Trim('[', ']');
        if (string.IsNullOrEmpty(text))
            return null;
        if (IPAddress.TryParse(text, out var ip) && ip is { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false })
            return ip.ToString();
        check.Wrong(field, "servers.wrong.ipv6");
        return text;
    }

    private static string CheckRegion(FieldChecks check, string field, string typed)
    {
        var code = RelayTerms.Region(typed);
        if (code.Length == 0)
            check.Wrong(field, "servers.wrong.region");
        return code;
    }

    private static string CheckCoordinates(FieldChecks check, string field, string typed)
    {
        if (string.IsNullOrWhiteSpace(typed))
            return "";
        if (typed.Split([',', '，'], StringSplitOptions.TrimEntries) is [var north, var east] && Degrees(north, 90) is { } latitude && Degrees(east, 180) is { } longitude)
            return string.Create(CultureInfo.InvariantCulture, $"{latitude}, {longitude}");
        check.Wrong(field, "servers.wrong.coordinates");
        return "";
    }

    private static decimal? Degrees(string typed, int most) =>
        decimal.TryParse(typed, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && Math.Abs(value) <= most ? decimal.Round(value, 6) : null;

    private static string CheckLinkUrl(FieldChecks check, string field, string typed)
    {
        var url = PastedText.Clean(typed).Trim().TrimEnd('/');
        if (url.Length > 0 && (url.Length > 500 || !IsLinkUrl(url)))
            check.Wrong(field, "servers.wrong.link_url", url);
        return url;
    }

    private static string CheckCounted(FieldChecks check, string field, string value)
    {
        if (!Counts.Contains(value))
            check.Wrong(field, "field.one_of", string.Join(", ", Counts));
        return value;
    }

    private static string CheckCurrency(FieldChecks check, string field, string typed)
    {
        var currency = typed.Trim().ToUpperInvariant();
        if (currency.Length != 3 || !currency.All(char.IsAsciiLetterUpper))
            check.Wrong(field, "field.currency");
        return currency;
    }
}

internal sealed class RelayServerConverter() : FieldsConverter<RelayServer>(RelayServer.Fields);
