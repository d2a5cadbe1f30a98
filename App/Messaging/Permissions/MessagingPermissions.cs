using Gatehouse.Platform.Http;

namespace Gatehouse.Messaging.Permissions;

public static class MessagingPermissions
{
    /// <summary>To say where staff are told things, and of what.</summary>
    public static readonly Permission ChannelsManage = new("channels.manage", Role.Admin, 105);

    public static readonly IReadOnlyList<Permission> All = [ChannelsManage];
}
