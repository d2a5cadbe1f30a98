using System.Globalization;
using Gatehouse.Accounts.Brands;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.Quotas;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Platform.Ui.Fields;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Accounts.Tenants;

/// <summary><c>/admin/tenants</c>: several businesses in one appliance, for its owner.</summary>
public static class TenantPages
{
    public const string Path = "/admin/tenants";

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(Path).Requires(AccountsPermissions.TenantsManage).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        pages.MapGet("", List);
        pages.MapGet("/new", New);
        pages.MapPost("/new", Create);
        pages.MapGet("/{id}", Edit);
        pages.MapPost("/{id}", Save);
        // A little more than the picture itself, for what is around it.
        pages.MapPost("/{id}/logo", SetLogo).WithMetadata(new RequestSizeLimitAttribute(BrandImage.MaxBytes * 2));
        pages.MapPost("/{id}/logo/remove", RemoveLogo);
    }

    private static async Task List(HttpContext ctx, Database db, PageRenderer pages, TenantService tenants) =>
        await pages.Render<TenantListPage, TenantListModel>(ctx, new(await db.Read(s => tenants.List(s), ctx.RequestAborted)));

    // Names and addresses are one business's own.
    private static async Task New(HttpContext ctx, Database db, PageRenderer pages, TenantService tenants, QuotaCatalogue quotas)
    {
        var begun = CopyLink.Of(ctx) is { } from ? TenantForm.Of(await db.Read(s => tenants.Get(s, from), ctx.RequestAborted)) with { Id = "", Name = "", SiteName = "", Hosts = "" } : TenantForm.Empty;
        await pages.Render<TenantFormPage, TenantFormModel>(ctx, new(null, begun, NoUse(quotas)));
    }

    private static async Task Create(HttpContext ctx, Database db, PageRenderer pages, TenantService tenants, QuotaCatalogue quotas)
    {
        var form = TenantForm.Of(await RequestBody.Form(ctx), quotas);
        try
        {
            var made = await db.Command(ctx.Caller(), s => tenants.Create(s, ctx.Caller(), form.Input()), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, $"{Path}/{made.Id}", new Toast("ok", "tenants.made", made.Name));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await pages.Render<TenantFormPage, TenantFormModel>(ctx, new(null, form, NoUse(quotas), refusal), 422);
        }
    }

    private static Task Edit(HttpContext ctx, string id, Database db, PageRenderer pages, TenantService tenants, TenantQuotas quotas) => Show(ctx, id, db, pages, tenants, quotas, null, null);

    private static async Task Save(HttpContext ctx, string id, Database db, PageRenderer pages, TenantService tenants, TenantQuotas quotas, QuotaCatalogue catalogue)
    {
        var form = TenantForm.Of(await RequestBody.Form(ctx), catalogue);
        try
        {
            var changed = await db.Command(ctx.Caller(), s => tenants.Update(s, ctx.Caller(), id, form.Input() with { Id = null }), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, $"{Path}/{id}", new Toast("ok", "tenants.saved", changed.Name));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await Show(ctx, id, db, pages, tenants, quotas, form, refusal);
        }
    }

    private static async Task SetLogo(HttpContext ctx, string id, Database db, PageRenderer pages, TenantService tenants, TenantQuotas quotas)
    {
        var form = await RequestBody.Form(ctx);
        try
        {
            var file = form.Files.GetFile("logo");
            var logo = file is null ? form["logo"].ToString() : file.Length <= BrandImage.MaxBytes ? await Base64(file, ctx.RequestAborted) : "?";
            await SaveLogo(ctx, id, db, tenants, logo.Length > 0 ? logo : throw Refusal.Field("logo", "field.required"));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await Show(ctx, id, db, pages, tenants, quotas, null, refusal);
        }
    }

    private static Task RemoveLogo(HttpContext ctx, string id, Database db, TenantService tenants) => SaveLogo(ctx, id, db, tenants, "");

    private static async Task SaveLogo(HttpContext ctx, string id, Database db, TenantService tenants, string logo)
    {
        var changed = await db.Command(ctx.Caller(), s => tenants.Update(s, ctx.Caller(), id, new TenantInput(Logo: logo)), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, $"{Path}/{id}", new Toast("ok", "tenants.saved", changed.Name));
    }

    private static async Task Show(HttpContext ctx, string id, Database db, PageRenderer pages, TenantService tenants, TenantQuotas quotas, TenantForm? typed, Refusal? refusal)
    {
        var (tenant, uses) = await db.Read(async s => (await tenants.Get(s, id), await quotas.Uses(s, id)), ctx.RequestAborted);
        await pages.Render<TenantFormPage, TenantFormModel>(ctx, new(tenant, typed ?? TenantForm.Of(tenant), uses, refusal), refusal?.Status ?? 200);
    }

    private static List<QuotaUse> NoUse(QuotaCatalogue quotas) => [.. quotas.All.Select(q => new QuotaUse(q, null, 0))];

    private static async Task<string> Base64(IFormFile file, CancellationToken ct)
    {
        var bytes = new byte[file.Length];
        await using var content = file.OpenReadStream();
        await content.ReadExactlyAsync(bytes, ct);
        return Convert.ToBase64String(bytes);
    }
}

/// <summary>A tenant as its form has it: what was typed, whatever it is.</summary>
/// <param name="Quotas">By name; empty is no limit.</param>
public sealed record TenantForm(string Id, string Name, string SiteName, string Hosts, IReadOnlyList<string> Languages, string SignUp, bool OwnColour, string Colour, IReadOnlyDictionary<string, string> Quotas)
{
    /// <summary>What a picker of colours shows where there is none.</summary>
    public const string HouseColour = "#0f766e";

    public static TenantForm Empty { get; } = new("", "", "", "", TenantRules.Languages, Logins.SignUpSettings.Mode.Default, false, HouseColour, new Dictionary<string, string>());

    public static TenantForm Of(Tenant t) => new(
        t.Id, t.Name, t.SiteName, string.Join('\n', t.Hosts), t.Languages, t.SignUp, t.Colour.Length > 0, t.Colour.Length > 0 ? t.Colour : HouseColour,
        t.Quotas.ToDictionary(q => q.Key, q => q.Value.ToString(CultureInfo.InvariantCulture)));

    public static TenantForm Of(IFormCollection form, QuotaCatalogue quotas) => new(
        form["id"].ToString(), form["name"].ToString(), form["site_name"].ToString(), form["hosts"].ToString(), [.. form["languages"].OfType<string>()], form["sign_up"].ToString(), form["own_colour"] == "true",
        form["colour"].ToString(), quotas.All.ToDictionary(q => q.Name, q => form["quota_" + q.Name].ToString().Trim()));

    /// <exception cref="Refusal">422: a quota is no number.</exception>
    public TenantInput Input()
    {
        var checks = new FieldChecks();
        var limits = Quotas.ToDictionary(q => q.Key, q => Limit(checks, q.Key, q.Value));
        checks.ThrowIfAny();
        return new TenantInput(
            Id.Length > 0 ? Id : null, Name, SiteName.Trim().Length > 0 ? SiteName : null, Hosts.Split(['\n', '\r', ' ', ',', ';', '，', '、'], StringSplitOptions.RemoveEmptyEntries), Languages,
            SignUp.Length > 0 ? SignUp : null, OwnColour ? Colour : "", Quotas: limits);
    }

    private static long? Limit(FieldChecks checks, string name, string typed)
    {
        if (typed.Length == 0)
            return null;
        if (long.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var most))
            return most;
        checks.Wrong("quotas." + name, "field.whole_number");
        return null;
    }
}

public sealed record TenantListModel(IReadOnlyList<Tenant> Tenants);

/// <param name="Tenant">Null while it is being made.</param>
public sealed record TenantFormModel(Tenant? Tenant, TenantForm Form, IReadOnlyList<QuotaUse> Uses, Refusal? Refusal = null) : IFormModel;
