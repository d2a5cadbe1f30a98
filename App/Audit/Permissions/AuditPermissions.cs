using Gatehouse.Platform.Http;

namespace Gatehouse.Audit.Permissions;

public static class AuditPermissions
{
    public static readonly Permission AuditRead = new("audit.read", Role.Analyst, 60);

    public static readonly IReadOnlyList<Permission> All = [AuditRead];
}
