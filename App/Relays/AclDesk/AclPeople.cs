using System.Text.Json;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Relays.AclDesk;

/// <summary>What people have of maps, when they take their data along. All of it goes with the rental.</summary>
internal static class AclPeople
{
    /// <summary>Who made an account's maps and who got them, for who takes their data along.</summary>
    public static async ValueTask WriteOwn(ReadTx s, string tenant, string account, Utf8JsonWriter json)
    {
        json.WriteStartArray();
        for (string? after = null; ;)
        {
            var page = await AclLog.List(s, tenant, new AclLogFilter(account), after, 500);
            foreach (var e in page)
            {
                json.WriteStartObject();
                json.WriteString("at", Format.Iso(e.At));
                json.WriteString("what", e.Action);
                json.WriteString("rental", e.Rental);
                json.WriteNumber("version", e.Version);
                json.WriteString("format", e.Format);
                json.WriteString("by", e.ByKind);
                if (!e.OfStaff)
                {
                    json.WriteString("ip", e.Ip);
                    json.WriteString("user_agent", e.UserAgent);
                }
                json.WriteEndObject();
            }
            if (page.Count < 500)
                break;
            after = page[^1].Id;
        }
        json.WriteEndArray();
    }
}
