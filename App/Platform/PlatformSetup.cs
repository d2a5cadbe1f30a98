using System.Text.Encodings.Web;
using System.Text.Unicode;
using Gatehouse.Platform.Health;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Http.Origins;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Tenancy;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Platform;

/// <summary>What every request passes through, in order.</summary>
public static class PlatformSetup
{
    public static IServiceCollection AddWeb(this IServiceCollection services, IConfiguration config)
    {
        services.AddRateLimits(config);
        services.AddSingleton<Cookies>();
        services.AddSingleton<Csrf>();
        services.AddSingleton<PermissionCatalogue>();
        services.AddSingleton<TenantSettings>();
        services.AddSealed(TenantSettings.Sealed);
        services.AddSingleton<SiteShell>();
        services.AddSingleton<PageRenderer>();
        // Pages are UTF-8: what is not markup stays as it is, or Chinese would take eight bytes a character.
        services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
        services.AddSingleton<IErrorPages>(s => s.GetRequiredService<PageRenderer>());
        return services;
    }

    public static void UseWeb(this WebApplication app)
    {
        var proxies = app.Services.GetRequiredService<ProxyWatch>();
        app.Use((ctx, next) =>
        {
            proxies.Look(ctx);
            return next(ctx);
        });
        app.UseSecurityHeaders();
        app.UseMiddleware<ProblemMiddleware>();
        app.UseRouting();
        app.UseCorsOrigins();
        app.UseBodyLimit();
        // Before access: a flood of false tokens must not reach the database.
        app.UseRateLimits();
        app.UseMiddleware<ClosedSites>();
        app.UseMiddleware<AccessMiddleware>();
        app.Use(async (ctx, next) =>
        {
            var (who, rule) = (ctx.Caller(), ctx.GetEndpoint()?.Metadata.GetMetadata<AccessRule>());
            // Staff choose for themselves, wherever they are.
            if (who.Role is null && ctx.RequestServices.GetRequiredService<ITenants>().Find(who.TenantId) is { Languages: [var only] })
                ctx.SpeaksOnly(only);
            if (rule is { Asks: true } && ctx.IsApi())
                await ctx.RequestServices.GetRequiredService<ICallMeter>().Count(who);
            // What staff do sees the settings in force on any node; what client programs call does not pay for it.
            if (rule is { SignedIn: true })
                await ctx.RequestServices.GetRequiredService<TenantSettings>().Refresh(who.TenantId);
            if (ctx.GetEndpoint()?.Metadata.GetMetadata<FormsFromElsewhere>() is null)
                await ctx.RequestServices.GetRequiredService<Csrf>().Check(ctx);
            if (ctx.GetEndpoint()?.Metadata.GetMetadata<ProofRule>() is null || await ctx.RequestServices.GetRequiredService<IProofGate>().Passes(ctx))
                await next(ctx);
        });
    }
}
