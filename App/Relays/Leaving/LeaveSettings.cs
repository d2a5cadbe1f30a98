using System.Globalization;
using Gatehouse.Platform.Settings;

namespace Gatehouse.Relays.Leaving;

/// <summary>When relays leave a server by themselves.</summary>
public static class LeaveSettings
{
    public const int Most = 60 * 24 * 7;

    public static readonly SettingGroup Group = new("relay_moves", _ => []);

    /// <summary>After so many minutes the relays of a server that is down go to others; 0: they stay.</summary>
    public static readonly SettingDefinition DownMinutes = new("relay_moves.down_minutes", 705, SettingKind.Number, "15",
        v => int.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= Most) { Group = Group, Option = "Relays:MoveDownMinutes" };
}
