using System.Text.Json;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Support.Tickets;

/// <summary>A customer's conversations, for who takes their data along: what both sides wrote, without notes of staff, and the names of files.</summary>
internal static class TicketData
{
    public static async ValueTask Write(ReadTx s, string tenant, string account, Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (var (id, number, subject, at) in await s.All("SELECT id, number, subject, created_at FROM tickets WHERE tenant_id = @tenant AND account_id = @account ORDER BY number",
            r => (r.GetString(0), r.GetInt64(1), r.GetString(2), r.GetInt64(3)), ("tenant", tenant), ("account", account)))
        {
            json.WriteStartObject();
            json.WriteNumber("number", number);
            json.WriteString("subject", subject);
            Time("created_at", at);
            json.WriteStartArray("messages");
            foreach (var (from, text, said) in await s.All("SELECT kind, text, at FROM ticket_messages WHERE tenant_id = @tenant AND ticket_id = @ticket AND kind <> 'note' ORDER BY id",
                r => (r.GetString(0), r.GetString(1), r.GetInt64(2)), ("tenant", tenant), ("ticket", id)))
            {
                json.WriteStartObject();
                json.WriteString("from", from);
                json.WriteString("text", text);
                Time("at", said);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartArray("files");
            foreach (var name in await s.All("SELECT name FROM ticket_files WHERE tenant_id = @tenant AND ticket_id = @ticket AND inside = 0 ORDER BY id", r => r.GetString(0), ("tenant", tenant), ("ticket", id)))
                json.WriteStringValue(name);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();

        void Time(string name, long at) => json.WriteString(name, DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime);
    }
}
