using Gatehouse.Platform.Http;
using Gatehouse.Platform.Tenancy;

namespace Gatehouse.Tests.Accounts;

/// <summary>An appliance in which nobody has made another business.</summary>
internal sealed class OneTenant : ITenants
{
    public IReadOnlyList<TenantFace> All => [];

    public TenantFace? Find(string id) => null;

    public string OfHost(string host) => Caller.DefaultTenant;

    public ValueTask Refresh(bool now = false) => ValueTask.CompletedTask;
}
