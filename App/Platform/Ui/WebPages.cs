using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Platform.Ui;

/// <summary>The pages and switches that belong to no feature: the home page, language, theme.</summary>
public static class WebPages
{
    /// <summary>Of the cookie that holds <c>light</c> or <c>dark</c>; without it the system decides.</summary>
    public const string ThemeCookie = "gh-theme";

    private static readonly TimeSpan Remembered = TimeSpan.FromDays(365);

    public static void MapWeb(this IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup("").OpenToAll().RequireRateLimiting(RateLimits.Pages);
        pages.ExcludeFromDescription();
        pages.MapGet("/", Home);
        var switches = app.MapGroup("/preferences").OpenToAll(asks: false).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        switches.MapPost("/language", SetLanguage);
        switches.MapPost("/theme", SetTheme);
        switches.MapPost("/banner", CloseBanner);
    }

    private static async Task Home(HttpContext ctx, PageRenderer pages, IEnumerable<IHomePage> better)
    {
        foreach (var page in better)
            if (await page.Show(ctx))
                return;
        await pages.Render<Layouts.Home>(ctx);
    }

    private static async Task SetLanguage(HttpContext ctx)
    {
        var form = await RequestBody.Form(ctx);
        SpeakTo(ctx, form["language"]);
        PageRenderer.Redirect(ctx, PageRenderer.LocalPath(form["return"]));
    }

    /// <summary>Lets the browser ask for that language from here on.</summary>
    public static void SpeakTo(HttpContext ctx, string? language) => Remember(ctx, LocalizerExtensions.Cookie, Localizer.For(language).Language);

    private static async Task SetTheme(HttpContext ctx)
    {
        var form = await RequestBody.Form(ctx);
        Remember(ctx, ThemeCookie, form["theme"].ToString() is "light" or "dark" ? form["theme"].ToString() : "auto");
        PageRenderer.Redirect(ctx, PageRenderer.LocalPath(form["return"]));
    }

    private static async Task CloseBanner(HttpContext ctx)
    {
        var form = await RequestBody.Form(ctx);
        if (ClosedBanners.With(ctx.Request.Cookies[ClosedBanners.Cookie], form["banner"].ToString()) is { } closed)
            Remember(ctx, ClosedBanners.Cookie, closed);
        PageRenderer.Redirect(ctx, PageRenderer.LocalPath(form["return"]));
    }

    private static void Remember(HttpContext ctx, string cookie, string value) => ctx.Response.Cookies.Append(cookie, value, new CookieOptions
    {
        Path = "/", HttpOnly = true, Secure = ctx.Request.IsHttps, SameSite = SameSiteMode.Lax, IsEssential = true, MaxAge = Remembered,
    });
}
