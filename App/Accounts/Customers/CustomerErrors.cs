using Gatehouse.Platform.Http;

namespace Gatehouse.Accounts.Customers;

/// <summary>What changes to customers are refused with.</summary>
public static class CustomerErrors
{
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_USER");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound];
}
