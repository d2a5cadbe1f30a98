using System.Text.Json.Serialization;
using Gatehouse.Accounts.Brands;
using Gatehouse.Accounts.Quotas;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Accounts.Tenants;

/// <summary>A tenant as REST shows it.</summary>
/// <param name="Id">What staff have in their addresses as <c>?tenant=</c>.</param>
/// <param name="Name">For staff; customers see <paramref name="SiteName"/>.</param>
/// <param name="SignUp"><c>open</c> or <c>closed</c>.</param>
/// <param name="Colour"><c>#rrggbb</c>; empty: the program's own. Text on it is white or black, whichever can be read.</param>
/// <param name="Logo">The path of its picture; null for none.</param>
/// <param name="Quotas">Limits by name: those that are set.</param>
/// <param name="State"><c>open</c>; <c>closed</c>: its host names answer 403 <c>SITE_CLOSED</c>, and its sessions, tokens and keys are good for nothing; <c>removing</c>: all that it has is being erased.</param>
/// <param name="Usage">How many there are of each now; left out in lists. API calls are counted where there is a limit.</param>
public sealed record TenantView(
    string Id, string Name, string SiteName, IReadOnlyList<string> Hosts, IReadOnlyList<string> Languages, string SignUp, string Colour, string? Logo, IReadOnlyDictionary<string, long> Quotas,
    string CreatedAt, string State, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, long>? Usage = null)
{
    /// <param name="uses">Null where usage is not told.</param>
    public static TenantView Of(Tenant t, IReadOnlyList<QuotaUse>? uses) => new(
        t.Id, t.Name, t.SiteName, t.Hosts, t.Languages, t.SignUp, t.Colour, t.Logo.Length > 0 ? BrandPages.Address(t.Logo) : null, t.Quotas, Format.Iso(t.CreatedAt), t.State,
        uses?.ToDictionary(u => u.Quota.Name, u => u.Used));
}

public sealed record TenantResponse(bool Success, TenantView Tenant);

public sealed record TenantList(bool Success, IReadOnlyList<TenantView> Items, string? Next);

/// <summary>What the audit log keeps of a tenant before and after a change.</summary>
internal sealed record TenantAudit(
    string Name, string SiteName, IReadOnlyList<string> Hosts, IReadOnlyList<string> Languages, string SignUp, string Colour, string Logo, string State, IReadOnlyDictionary<string, long> Quotas);

/// <summary>What would go with a tenant, or goes.</summary>
/// <param name="Rows">By table, the audit log among them; files go with their rows.</param>
/// <param name="Operation">How far it is: <c>/api/operations/{id}</c>. Null for a dry run.</param>
public sealed record TenantRemovalResponse(bool Success, bool DryRun, string Tenant, IReadOnlyDictionary<string, long> Rows, long Total, string? Operation);

/// <summary>The tenant that an operation removes.</summary>
internal sealed record TenantRemoved(string Tenant, string Name);

/// <summary>What the audit log keeps of a removal that begins: how much goes, and where the tenant's own log ended.</summary>
internal sealed record TenantRemovalAudit(long Rows, long AuditEntries, string AuditHash);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(TenantResponse))]
[JsonSerializable(typeof(TenantList))]
[JsonSerializable(typeof(TenantInput))]
[JsonSerializable(typeof(TenantAudit))]
[JsonSerializable(typeof(TenantRemovalResponse))]
[JsonSerializable(typeof(TenantRemoved))]
[JsonSerializable(typeof(TenantRemovalAudit))]
internal sealed partial class TenantJson : JsonSerializerContext;
