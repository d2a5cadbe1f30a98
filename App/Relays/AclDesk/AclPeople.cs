using System.Text.Json;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Relays.AclDesk;

/// <summary>What people have of maps, when they become another account or take their data along. All of it goes with the rental.</summary>
internal static class AclPeople
{
    private static readonly string[] Theirs = ["acl_choices", "acl_versions", "acl_links", "acl_log"];

    /// <summary>Makes an account's maps another's.</summary>
    public static async ValueTask Move(WriteTx s, string tenant, string from, string into)
    {
        foreach (var table in Theirs)
            await s.Execute($"UPDATE {table} SET account_id = @into WHERE tenant_id = @tenant AND account_id = @from", ("into", into), ("tenant", tenant), ("from", from));
    }

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
