namespace Gatehouse.Platform.Web;

/// <summary>What every request passes through, in order.</summary>
public static class WebSetup
{
    public static IServiceCollection AddWeb(this IServiceCollection services, IConfiguration config)
    {
        services.AddRateLimits(config);
        services.AddSingleton<Cookies>();
        services.AddSingleton<Csrf>();
        services.AddSingleton<Preferences>();
        services.AddSingleton<Pages>();
        services.AddSingleton<IErrorPages>(s => s.GetRequiredService<Pages>());
        return services;
    }

    public static void UseWeb(this WebApplication app)
    {
        app.UseSecurityHeaders();
        app.UseMiddleware<ProblemMiddleware>();
        app.UseRouting();
        app.UseMiddleware<AccessMiddleware>();
        app.UseRateLimiter();
        app.Use(async (ctx, next) =>
        {
            await ctx.RequestServices.GetRequiredService<Csrf>().Check(ctx);
            await next(ctx);
        });
    }
}
