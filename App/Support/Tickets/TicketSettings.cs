using System.Globalization;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Settings;

namespace Gatehouse.Support.Tickets;

/// <summary>What an operator sets for tickets.</summary>
public static class TicketSettings
{
    public static readonly SettingGroup Group = new("tickets", _ => []);

    /// <summary>Who is told of new messages that nobody of staff looks after; empty: nobody.</summary>
    public static readonly SettingDefinition Mail = new("tickets.mail", 410, SettingKind.Text, "", EmailAddress.IsValid) { Group = Group, Optional = true };

    /// <summary>After how many days of waiting for the customer a ticket is closed.</summary>
    public static readonly SettingDefinition CloseAfterDays = new("tickets.close_after_days", 420, SettingKind.Number, "14",
        v => int.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is >= 1 and <= 365) { Group = Group };

    public static readonly IReadOnlyList<SettingDefinition> All = [Mail, CloseAfterDays];

    /// <summary>In milliseconds.</summary>
    internal static long CloseAfter(TenantSettings settings, string tenant) => int.Parse(settings.Get(tenant, CloseAfterDays), CultureInfo.InvariantCulture) * 86_400_000L;
}
