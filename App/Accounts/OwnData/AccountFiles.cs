using System.Text.Json;
using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.MyAccount;
using Gatehouse.Accounts.Points;
using Gatehouse.Platform.Features;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.OwnData;

/// <summary>What a customer takes along of the account itself. Times are ISO 8601, UTC.</summary>
internal static class AccountFiles
{
    public static readonly IReadOnlyList<OwnDataFile> All =
    [
        new("account.json", Account),
        new("sign-ins.json", (s, tenant, account, json) => Rows(s, json, "SELECT at, outcome, ip, user_agent FROM sign_ins WHERE tenant_id = @tenant AND account_id = @account ORDER BY id", tenant, account,
            ("at", Kind.Time), ("outcome", Kind.Text), ("address", Kind.Text), ("browser", Kind.Text))),
        new("sessions.json", (s, tenant, account, json) => Rows(s, json, "SELECT created_at, last_seen_at, ip, user_agent FROM sessions WHERE tenant_id = @tenant AND account_id = @account ORDER BY created_at", tenant, account,
            ("created_at", Kind.Time), ("last_seen_at", Kind.Time), ("address", Kind.Text), ("browser", Kind.Text))),
        new("changes.json", (s, tenant, account, json) => Rows(s, json, "SELECT at, kind, ip FROM account_events WHERE tenant_id = @tenant AND account_id = @account ORDER BY id", tenant, account,
            ("at", Kind.Time), ("what", Kind.Text), ("address", Kind.Text))),
        new("passkeys.json", (s, tenant, account, json) => Rows(s, json, "SELECT name, rp_id, created_at, last_used_at FROM passkeys WHERE tenant_id = @tenant AND account_id = @account ORDER BY id", tenant, account,
            ("name", Kind.Text), ("site", Kind.Text), ("created_at", Kind.Time), ("last_used_at", Kind.Time))),
        new("channels.json", (s, tenant, account, json) => Rows(s, json, "SELECT kind, name, settings, events, created_at FROM channels WHERE tenant_id = @tenant AND account_id = @account ORDER BY id", tenant, account,
            ("kind", Kind.Text), ("name", Kind.Text), ("settings", Kind.Text), ("events", Kind.Text), ("created_at", Kind.Time))),
        new("mail.json", (s, tenant, account, json) => Rows(s, json, "SELECT off_at FROM mail_choices WHERE tenant_id = @tenant AND account_id = @account", tenant, account, ("no_news_since", Kind.Time))),
        new("points.json", Points),
    ];

    /// <summary>How a column is written.</summary>
    internal enum Kind { Text, Time }

    private static async ValueTask Account(ReadTx s, string tenant, string account, Utf8JsonWriter json)
    {
        if (await CustomerStore.Find(s, tenant, account, 0) is { } customer)
            OwnAccount.Fields.WriteJson(json, customer);
        else
            json.WriteNullValue();
    }

    private static async ValueTask Points(ReadTx s, string tenant, string account, Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (var entry in await PointStore.All(s, tenant, account))
            PointEntry.Own.WriteJson(json, entry);
        json.WriteEndArray();
    }

    /// <summary>The rows as an array of objects.</summary>
    internal static async ValueTask Rows(ReadTx s, Utf8JsonWriter json, string sql, string tenant, string account, params (string Name, Kind Kind)[] columns)
    {
        json.WriteStartArray();
        await s.All(sql, row =>
        {
            json.WriteStartObject();
            for (var i = 0; i < columns.Length; i++)
                if (columns[i].Kind == Kind.Text || row.IsDBNull(i))
                    json.WriteString(columns[i].Name, row.IsDBNull(i) ? null : row.GetString(i));
                else
                    json.WriteString(columns[i].Name, DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(i)).UtcDateTime);
            json.WriteEndObject();
            return true;
        }, ("tenant", tenant), ("account", account));
        json.WriteEndArray();
    }
}
