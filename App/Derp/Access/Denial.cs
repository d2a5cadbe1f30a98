namespace Gatehouse.Derp.Access;

/// <summary>Why a connection was not let in.</summary>
internal enum Denial
{
    Denied,
    Unreachable,
    Quota,
    KeyLimit,
    IpLimit,
    Full,
    Stopping,
}
