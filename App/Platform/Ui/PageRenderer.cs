using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Places;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Tenancy;
using Gatehouse.Platform.Ui.Html;
using Gatehouse.Platform.Ui.Parts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Components.Web.HtmlRendering;

namespace Gatehouse.Platform.Ui;

/// <summary>
/// Renders Razor components as whole pages. Pages are always complete documents: htmx picks the part it swaps with
/// <c>hx-select</c>, so a page works the same without script.
/// </summary>
public sealed class PageRenderer(IServiceProvider services, ILoggerFactory logs, Csrf csrf, TenantSettings preferences, SiteShell shell, IEnumerable<IBannerSource> banners, IEnumerable<IPublicEntries> entries, ITenants tenants, PlaceLookup places, TimeProvider clock) : IErrorPages
{
    private const string ToastCookie = "gh-toast";
    private static readonly SearchValues<char> InAddress = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%");
    private readonly IBannerSource[] _banners = [.. banners];
    private readonly IPublicEntries[] _entries = [.. entries];
    private readonly KeptPages _kept = new();

    /// <summary>Renders <typeparamref name="TPage"/> with what it shows, the request's <see cref="PageContext"/> cascading.</summary>
    public Task Render<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TPage, TModel>(HttpContext ctx, TModel model, int status = 200)
        where TPage : PageBase<TModel> => Render(ctx, status, Page<TPage, TModel>(model));

    /// <summary>Renders a page that shows the same to everyone.</summary>
    public Task Render<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TPage>(HttpContext ctx) where TPage : PageBase => Render(ctx, 200, builder =>
    {
        builder.OpenComponent<TPage>(0);
        builder.CloseComponent();
    });

    /// <summary>
    /// The same for a page of which all who have not signed in see the same: it is made once and sent again as it is, for as long as
    /// <paramref name="content"/> and all that stands around it are what they were.
    /// </summary>
    /// <param name="content">All that the model would be made of now.</param>
    /// <param name="make">The model, and all that it is made of: of one moment.</param>
    public async Task Render<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TPage, TModel>(HttpContext ctx, string content, Func<Task<(TModel Model, string Content)>> make) where TPage : PageBase<TModel>
    {
        await Refresh(ctx.Caller().TenantId);
        var context = Context(ctx);
        if (context is not { Toast: null, Caller: { Kind: "public", Kept: null } })
        {
            await RenderAsKnown(ctx, context, 200, Page<TPage, TModel>((await make()).Model));
            return;
        }
        if (_kept.Get(KeyOf(typeof(TPage).Name, content, context)) is not { } pieces)
        {
            var (model, of) = await make();
            pieces = _kept.Add(KeyOf(typeof(TPage).Name, of, context), await Html(context with { Csrf = KeptPages.Token }, Page<TPage, TModel>(model)));
        }
        Begin(ctx, 200);
        await ctx.Response.StartAsync(ctx.RequestAborted);
        KeptPages.Write(ctx.Response.BodyWriter, pieces, context.Csrf);
        await ctx.Response.BodyWriter.FlushAsync(ctx.RequestAborted);
    }

    private async Task Render(HttpContext ctx, int status, RenderFragment inner)
    {
        await Refresh(ctx.Caller().TenantId);
        await RenderAsKnown(ctx, Context(ctx), status, inner);
    }

    private async Task Refresh(string tenant)
    {
        await preferences.Refresh(tenant);
        await tenants.Refresh();
        foreach (var source in _banners)
            await source.Refresh(tenant);
        foreach (var source in _entries)
            await source.Refresh(tenant);
    }

    private async Task RenderAsKnown(HttpContext ctx, PageContext context, int status, RenderFragment inner)
    {
        await Rendered(context, inner, async output =>
        {
            // Only now is it certain that there is a page.
            Begin(ctx, status);
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

    private async Task<byte[]> Html(PageContext context, RenderFragment inner)
    {
        var bytes = new ArrayBufferWriter<byte>(32 * 1024);
        await Rendered(context, inner, output =>
        {
            using var html = new HtmlStream(bytes);
            html.Write("<!doctype html>");
            output.WriteHtmlTo(html);
            return Task.CompletedTask;
        });
        return bytes.WrittenSpan.ToArray();
    }

    private async Task Rendered(PageContext context, RenderFragment inner, Func<HtmlRootComponent, Task> then)
    {
        await using var renderer = new HtmlRenderer(services, logs);
        await renderer.Dispatcher.InvokeAsync(async () =>
            await then(await renderer.RenderComponentAsync<Fragment>(ParameterView.FromDictionary(new Dictionary<string, object?> { [nameof(Fragment.Content)] = InContext(context, inner) }))));
    }

    // Nothing stands on a page for the public but this.
    private static string KeyOf(string page, string content, PageContext p) => string.Join('\n', [
        page, content, p.Caller.TenantId, p.Text.Language, p.Theme, p.Path, p.Site, p.Zone.Id, p.Tenant?.Name, p.Tenant?.Logo, p.Tenant?.Style, p.Tenant?.Languages.Count.ToString(CultureInfo.InvariantCulture),
        .. p.Banners.Select(b => $"{b.Key} {b.Kind} {b.Href} {b.ForCustomers}"), .. p.Public.Select(e => e.Id),
    ]);

    private static void Begin(HttpContext ctx, int status)
    {
        ctx.Response.StatusCode = status;
        ctx.Response.ContentType = "text/html; charset=utf-8";
        ctx.Response.Headers.CacheControl = "no-store";
    }

    public Task Show(HttpContext ctx, Problem problem)
    {
        if (ctx.Features.Get<Caller>() is null)
            ctx.Features.Set(Caller.Public(null, null));
        // Whatever it tells of, it does not wait for storage: that may be what is in trouble.
        return RenderAsKnown(ctx, Context(ctx), problem.Status, Page<Layouts.ErrorPage, Problem>(problem));
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
            Places = places,
            Site = preferences.Get(caller.TenantId, TenantSettings.SiteName),
            Banners = [.. _banners.SelectMany(b => b.Current(caller.TenantId, ctx.Text(), now)).Where(b => !closed.Contains(b.Key))],
            Public = _entries.SelectMany(e => e.Current(caller.TenantId)).ToList() is { Count: > 0 } more ? [.. shell.Public.Concat(more).OrderBy(e => e.Order)] : shell.Public,
            Folded = caller.Role is not null && ctx.Request.Cookies[NavigationEntry.FoldedCookie] is { Length: < 200 } folded ? folded.Split('.') : [],
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
