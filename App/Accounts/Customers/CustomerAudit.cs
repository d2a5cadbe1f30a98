using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Platform.Fields;

namespace Gatehouse.Accounts.Customers;

/// <summary>
/// A customer as the audit log keeps one: what can be shown for ever. The log is chained and cannot forget, so that what says who a
/// person is (name, addresses, number, note) is in it only as being there, or being another.
/// </summary>
internal static class CustomerAudit
{
    private const string Kept = "(set)";
    private const string Other = "(changed)";
    private static readonly string[] Personal = ["username", "email", "phone", "display_name", "note"];

    /// <param name="before">What it was compared with; null when there was nothing.</param>
    public static string State(Customer customer, Customer? before = null)
    {
        var (now, then) = (Fields(customer), before is null ? null : Fields(before));
        return new JsonObject(Customer.Fields.All.Where(f => f.Is(FieldUse.Set)).Select(f => KeyValuePair.Create(f.Name, Shown(f.Name, now[f.Name], then)))).ToJsonString();
    }

    private static JsonNode? Shown(string field, JsonNode? value, JsonObject? then)
    {
        if (!Personal.Contains(field))
            return value?.DeepClone();
        if (value is null || (string?)value is { Length: 0 })
            return value?.DeepClone();
        return then is null || JsonNode.DeepEquals(value, then[field]) ? Kept : Other;
    }

    private static JsonObject Fields(Customer customer) => JsonNode.Parse(Customer.Fields.Json(customer))!.AsObject();
}
