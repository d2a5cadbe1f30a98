using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Quotas;

/// <summary>Something of which a tenant may have so many, declared by its feature.</summary>
/// <param name="Name">Stable: the field of the API and of the form.</param>
/// <param name="Words">The key of its words; what is told when it is near is <c>security.</c> and that.</param>
/// <param name="Order">Where it is shown among the others, the least first.</param>
/// <param name="Count">How many the tenant has now; the last argument is the time in unix milliseconds.</param>
public sealed record Quota(string Name, string Words, int Order, Func<ReadTx, string, long, ValueTask<long>> Count)
{
    /// <summary>The most that may be set.</summary>
    public const long Largest = 1_000_000_000;

    /// <summary>From here on the tenant's staff are warned, in percent.</summary>
    public const int WarnAt = 80;
}

/// <summary>The quotas that features have declared.</summary>
public sealed class QuotaCatalogue(IEnumerable<Quota> quotas)
{
    /// <summary>In the order they are shown.</summary>
    public IReadOnlyList<Quota> All { get; } = [.. quotas.OrderBy(q => q.Order)];

    public Quota? Named(string name) => All.FirstOrDefault(q => q.Name == name);
}

/// <summary>The quotas of people, and of calls.</summary>
public static class AccountQuotas
{
    /// <summary>Customers who have shown that their address is theirs, or were added by staff.</summary>
    public static readonly Quota Customers = new("accounts", "quota.accounts", 10, (s, tenant, _) =>
        s.Number("SELECT COUNT(*) FROM accounts WHERE tenant_id = @tenant AND kind = 'customer' AND pending = 0", ("tenant", tenant)));

    public static readonly Quota Staff = new("staff", "quota.staff", 40, (s, tenant, _) =>
        s.Number("SELECT COUNT(*) FROM accounts WHERE tenant_id = @tenant AND kind = 'staff'", ("tenant", tenant)));

    /// <summary>Counted only where there is a limit, from midnight to midnight UTC.</summary>
    public static readonly Quota ApiCalls = new("api_calls_day", "quota.api_calls_day", 50, (s, tenant, now) =>
        s.Number("SELECT taken FROM tenant_calls WHERE tenant_id = @tenant AND day = @day", ("tenant", tenant), ("day", now / ApiCallMeter.Day)));

    public static readonly IReadOnlyList<Quota> All = [Customers, Staff, ApiCalls];
}

/// <summary>What a tenant that has reached a limit is refused with.</summary>
public static class QuotaErrors
{
    public static readonly ErrorCode Exceeded = new(403, "QUOTA_EXCEEDED");

    public static readonly IReadOnlyList<ErrorCode> All = [Exceeded];
}
