using System.Globalization;
using Gatehouse.Platform.Settings;
using Gatehouse.Relays.Devices;

namespace Gatehouse.Relays.Anomalies;

/// <summary>What an operator takes for traffic that is not right, and what is done about it.</summary>
public static class AnomalySettings
{
    public static readonly SettingGroup Group = new("anomalies", _ => []);

    /// <summary>So many times an account's usual hour is far above its habit; 0: not looked for.</summary>
    public static readonly SettingDefinition Times = Number("anomalies.times", 710, 10, 1000);

    /// <summary>Gigabytes that a rental may carry in a day; 0: any.</summary>
    public static readonly SettingDefinition DayGb = Number("anomalies.day_gb", 720, 0, 1_000_000);

    /// <summary>A quota that is used up within so many hours is told of; 0: none is.</summary>
    public static readonly SettingDefinition QuotaHours = Number("anomalies.quota_hours", 730, 6, 48);

    /// <summary>So many machines in a day that a rental's relays do not let in are too many; 0: any number is right. More than it keeps are not counted.</summary>
    public static readonly SettingDefinition Denied = Number("anomalies.denied", 740, 10, RefusedStore.MostWaiting);

    /// <summary>What is done, for a day.</summary>
    public static readonly SettingDefinition Act = new("anomalies.act", 750, SettingKind.Choice, Anomaly.Nothing, _ => true)
    {
        Group = Group, Choices = [(Anomaly.Nothing, "setting.anomalies.act.none"), (Anomaly.Slow, "setting.anomalies.act.slow"), (Anomaly.Stop, "setting.anomalies.act.stop")],
    };

    public static readonly IReadOnlyList<SettingDefinition> All = [Times, DayGb, QuotaHours, Denied, Act];

    internal static long Of(TenantSettings settings, string tenant, SettingDefinition setting) => long.Parse(settings.Get(tenant, setting), CultureInfo.InvariantCulture);

    private static SettingDefinition Number(string name, int order, int usual, int most) => new(name, order, SettingKind.Number, usual.ToString(CultureInfo.InvariantCulture),
        v => int.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= most) { Group = Group };
}
