using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;

namespace Gatehouse.Platform.Tenancy;

/// <summary>By which address the site of a tenant is reached.</summary>
public static class SiteAddress
{
    /// <summary>What links to its site begin with, without a slash at the end: <see cref="PublicAddress"/>, with its own host name where it has one.</summary>
    public static string Base(IConfiguration config, ITenants tenants, string tenant) => Of(PublicAddress.Base(config), tenants, tenant);

    /// <summary>The same where requests tell what the address of the appliance is.</summary>
    public static string Of(HttpContext ctx)
    {
        var services = ctx.RequestServices;
        var address = ConfigOptions.Value(services.GetRequiredService<IConfiguration>(), "Server:PublicUrl") is { Length: > 0 } known ? known.TrimEnd('/') : $"{ctx.Request.Scheme}://{ctx.Request.Host}";
        return Of(address, services.GetRequiredService<ITenants>(), ctx.Caller().TenantId);
    }

    private static string Of(string address, ITenants tenants, string tenant) =>
        tenant != Caller.DefaultTenant && tenants.Find(tenant)?.Host is { } host ? new UriBuilder(address) { Host = host }.Uri.GetLeftPart(UriPartial.Authority) : address;
}
