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
/// <param name="Usage">How many there are of each now; left out in lists. API calls are counted where there is a limit.</param>
public sealed record TenantView(
    string Id, string Name, string SiteName, IReadOnlyList<string> Hosts, IReadOnlyList<string> Languages, string SignUp, string Colour, string? Logo, IReadOnlyDictionary<string, long> Quotas,
    string CreatedAt, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, long>? Usage = null)
{
    /// <param name="uses">Null where usage is not told.</param>
    public static TenantView Of(Tenant t, IReadOnlyList<QuotaUse>? uses) => new(
        t.Id, t.Name, t.SiteName, t.Hosts, t.Languages, t.SignUp, t.Colour, t.Logo.Length > 0 ? BrandPages.Address(t.Logo) : null, t.Quotas, Format.Iso(t.CreatedAt),
        uses?.ToDictionary(u => u.Quota.Name, u => u.Used));
}

public sealed record TenantResponse(bool Success, TenantView Tenant);

public sealed record TenantList(bool Success, IReadOnlyList<TenantView> Items, string? Next);

/// <summary>What the audit log keeps of a tenant before and after a change.</summary>
internal sealed record TenantAudit(
    string Name, string SiteName, IReadOnlyList<string> Hosts, IReadOnlyList<string> Languages, string SignUp, string Colour, string Logo, IReadOnlyDictionary<string, long> Quotas);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(TenantResponse))]
[JsonSerializable(typeof(TenantList))]
[JsonSerializable(typeof(TenantInput))]
[JsonSerializable(typeof(TenantAudit))]
internal sealed partial class TenantJson : JsonSerializerContext;
