using Gatehouse.Platform.Http;

namespace Gatehouse.Accounts.Staff;

/// <summary>What changes to staff are refused with.</summary>
public static class StaffErrors
{
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_STAFF");
    public static readonly ErrorCode OwnersOnly = new(403, "OWNERS_ONLY");
    public static readonly ErrorCode RoleTooHigh = new(403, "ROLE_TOO_HIGH");
    public static readonly ErrorCode RaiseSelf = new(403, "RAISE_SELF");
    public static readonly ErrorCode LastOwner = new(409, "LAST_OWNER");
    public static readonly ErrorCode SelfDisable = new(409, "SELF_DISABLE");
    public static readonly ErrorCode SelfReset = new(409, "SELF_RESET");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound, OwnersOnly, RoleTooHigh, RaiseSelf, LastOwner, SelfDisable, SelfReset];
}
