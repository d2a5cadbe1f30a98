using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Tenancy;
using Gatehouse.Platform.Ui.Parts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Gatehouse.Platform.Ui;

/// <summary>
/// Renders Razor components as whole pages. Pages are always complete documents: htmx picks the part it swaps with
/// <c>hx-select</c>, so a page works the same without script.
/// </summary>
public sealed class PageRenderer(IServiceProvider services, ILoggerFactory logs, Csrf csrf, TenantSettings preferences, SiteShell shell, IEnumerable<IBannerSource> banners, IEnumerable<IPublicEntries> entries, ITenants tenants, TimeProvider clock) : IErrorPages
{
    private const string ToastCookie = "gh-toast";
    private static readonly SearchValues<char> InAddress = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%");
    private readonly IBannerSource[] _banners = [.. banners];
    private readonly IPublicEntries[] _entries = [.. entries];

    /// <summary>Renders <typeparamref name="TPage"/> with what it shows, the request's <see cref="PageContext"/> cascading.</summary>
    public Task Render<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TPage, TModel>(HttpContext ctx, TModel model, int status = 200)
        where TPage : PageBase<TModel> => Render(ctx, status, Page<TPage, TModel>(model));

    /// <summary>Renders a page that shows the same to everyone.</summary>
    public Task Render<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TPage>(HttpContext ctx) where TPage : PageBase => Render(ctx, 200, builder =>
    {
        builder.OpenComponent<TPage>(0);
        builder.CloseComponent();
    });

    private async Task Render(HttpContext ctx, int status, RenderFragment inner)
    {
        var tenant = ctx.Caller().TenantId;
        await preferences.Refresh(tenant);
        await tenants.Refresh();
        foreach (var source in _banners)
            await source.Refresh(tenant);
        foreach (var source in _entries)
            await source.Refresh(tenant);
        await RenderAsKnown(ctx, status, inner);
    }

    private async Task RenderAsKnown(HttpContext ctx, int status, RenderFragment inner)
    {
        var context = Context(ctx);
        var page = InContext(context, inner);
        await using var renderer = new HtmlRenderer(services, logs);
        await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var output = await renderer.RenderComponentAsync<Fragment>(ParameterView.FromDictionary(new Dictionary<string, object?> { [nameof(Fragment.Content)] = page }));
            // Only now is it certain that there is a page.
            ctx.Response.StatusCode = status;
            ctx.Response.ContentType = "text/html; charset=utf-8";
            ctx.Response.Headers.CacheControl = "no-store";
            // What is written before the head has gone is kept aside and copied.
            await ctx.Response.StartAsync(ctx.RequestAborted);
            using var html = new HtmlStream(ctx.Response.BodyWriter);
            html.Write("<!doctype html>");
            if (context.Caller.Kept is { } kept)
                html.Write(KeptTenant.In(output.ToHtmlString(), kept));
            else
                output.WriteHtmlTo(html);
        });
        await ctx.Response.BodyWriter.FlushAsync(ctx.RequestAborted);
    }

    public Task Show(HttpContext ctx, Problem problem)
    {
        if (ctx.Features.Get<Caller>() is null)
            ctx.Features.Set(Caller.Public(null, null));
        // Whatever it tells of, it does not wait for storage: that may be what is in trouble.
        return RenderAsKnown(ctx, problem.Status, Page<Layouts.ErrorPage, Problem>(problem));
    }

    private static RenderFragment Page<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TPage, TModel>(TModel model) where TPage : PageBase<TModel> => builder =>
    {
        builder.OpenComponent<TPage>(0);
        builder.AddComponentParameter(1, nameof(PageBase<TModel>.Model), model);
        builder.CloseComponent();
    };

    /// <summary>Sends the browser to a path of ours with a message to show there (303, so a reload repeats nothing).</summary>
    public static void RedirectWithToast(HttpContext ctx, string path, Toast toast)
    {
        ctx.Response.Cookies.Append(ToastCookie, Uri.EscapeDataString(toast.Kind + ":" + toast.Message.ToStored()),
            new CookieOptions { Path = "/", HttpOnly = true, Secure = ctx.Request.IsHttps, SameSite = SameSiteMode.Lax, MaxAge = TimeSpan.FromMinutes(1) });
        Redirect(ctx, path);
    }

    /// <summary>303 to a path of ours. Staff who look at another tenant stay there.</summary>
    public static void Redirect(HttpContext ctx, string path)
    {
        ctx.Response.StatusCode = 303;
        ctx.Response.Headers.Location = Escaped(KeptTenant.In(ctx.Features.Get<Caller>(), LocalPath(path)));
    }

    // A header is ASCII (RFC 9110, 5.5), an address more narrowly so (RFC 3986): what is neither goes as percent-encoded UTF-8. What is encoded stays as it is.
    private static string Escaped(string path)
    {
        if (!path.AsSpan().ContainsAnyExcept(InAddress))
            return path;
        var escaped = new StringBuilder(path.Length * 2);
        foreach (var rune in path.EnumerateRunes())
            escaped.Append(rune.IsAscii && InAddress.Contains((char)rune.Value) ? rune.ToString() : Uri.EscapeDataString(rune.ToString()));
        return escaped.ToString();
    }

    /// <summary>The path when it stays on this site, else <c>/</c>.</summary>
    public static string LocalPath(string? path) =>
        path is ['/', ..] && path is not ['/', '/' or '\\', ..] && !path.Any(char.IsControl) && !path.Contains('\\') ? path : "/";

    private static RenderFragment InContext(PageContext context, RenderFragment page) => builder =>
    {
        builder.OpenComponent<CascadingValue<PageContext>>(0);
        builder.AddComponentParameter(1, nameof(CascadingValue<PageContext>.Value), context);
        builder.AddComponentParameter(2, nameof(CascadingValue<PageContext>.IsFixed), true);
        builder.AddComponentParameter(3, nameof(CascadingValue<PageContext>.ChildContent), page);
        builder.CloseComponent();
    };

    private PageContext Context(HttpContext ctx)
    {
        Toast? toast = null;
        if (ctx.Request.Cookies[ToastCookie] is { Length: > 0 and < 4000 } raw)
        {
            ctx.Response.Cookies.Delete(ToastCookie, new CookieOptions { Path = "/" });
            var parts = Uri.UnescapeDataString(raw).Split(':', 2);
            if (parts is [("ok" or "warn" or "bad"), _])
                toast = new Toast(parts[0], Message.Parse(parts[1]));
        }
        var (caller, now) = (ctx.Caller(), clock.GetUtcNow());
        var closed = _banners.Length == 0 ? [] : ClosedBanners.Of(ctx.Request.Cookies[ClosedBanners.Cookie]);
        return new PageContext(ctx.Text(), caller, ctx.Request.PagePath() ?? ctx.Request.Path + ctx.Request.QueryString,
            ctx.Request.Cookies[WebPages.ThemeCookie] is ("light" or "dark") and var theme ? theme : "auto",
            csrf.Token(ctx), now, preferences.Zone(caller.TenantId), shell, toast)
        {
            Site = preferences.Get(caller.TenantId, TenantSettings.SiteName),
            Banners = [.. _banners.SelectMany(b => b.Current(caller.TenantId, ctx.Text(), now)).Where(b => !closed.Contains(b.Key))],
            Public = _entries.SelectMany(e => e.Current(caller.TenantId)).ToList() is { Count: > 0 } more ? [.. shell.Public.Concat(more).OrderBy(e => e.Order)] : shell.Public,
            Pulse = caller is { Role: not null, Global: true } ? services.GetService<IServerStatus>()?.Now : null,
            Tenant = tenants.Find(caller.TenantId),
            Tenants = caller is { Role: not null, Global: true } && tenants.All.Where(t => t.State != TenantState.Removing).ToList() is { Count: > 1 } all ? all : [],
        };
    }

    private sealed class Fragment : ComponentBase
    {
        [Parameter] public RenderFragment? Content { get; set; }

        protected override void BuildRenderTree(Microsoft.AspNetCore.Components.Rendering.RenderTreeBuilder builder) => builder.AddContent(0, Content);
    }
}
