using Gatehouse.Platform.Http;

namespace Gatehouse.Accounts.Setup;

/// <summary>What setting the server up is refused with.</summary>
public static class SetupErrors
{
    public static readonly ErrorCode Done = new(409, "SETUP_DONE");
    public static readonly ErrorCode LinkInvalid = new(410, "SETUP_LINK_INVALID");

    public static readonly IReadOnlyList<ErrorCode> All = [Done, LinkInvalid];
}
