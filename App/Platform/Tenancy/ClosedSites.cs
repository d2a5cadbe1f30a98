using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Platform.Tenancy;

/// <summary>Says of a site that its owner has closed that it is, whoever asks for whatever: people read one plain page, programs a problem.</summary>
internal sealed class ClosedSites(RequestDelegate next, IAuthenticator authenticator, ITenants tenants)
{
    public Task Invoke(HttpContext ctx)
    {
        var tenant = tenants.OfHost(ctx.Request.Host.Host);
        if (tenant == Caller.DefaultTenant || tenants.Find(tenant) is not { State: not TenantState.Open } site || ctx.GetEndpoint()?.Metadata.GetMetadata<AnswersClosed>() is not null)
            return next(ctx);
        if (site.Languages is [var only])
            ctx.SpeaksOnly(only);
        // What is being removed signs nothing any more.
        var stranger = authenticator.Stranger(ctx);
        ctx.Features.Set(site.State == TenantState.Closed ? stranger : stranger with { TenantId = Caller.DefaultTenant });
        throw new Refusal(HttpErrors.SiteClosed);
    }
}
