using Gatehouse.Audit.Log;
using Gatehouse.Billing.Channels;
using Gatehouse.Billing.Gateways;
using Gatehouse.Billing.Permissions;
using Gatehouse.Licensing.Plans;
using Gatehouse.Messaging.Channels;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Billing.ChannelDesk;

/// <summary>/admin/payment-channels.</summary>
public static class PaymentChannelPages
{
    public const string Path = "/admin/payment-channels";

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup(Path).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(BillingPermissions.PaymentChannelsManage);
        group.MapGet("", List);
        group.MapGet("/new", New);
        group.MapPost("/new", Create);
        group.MapGet("/{id}", Edit);
        group.MapPost("/{id}", Change);
        group.MapPost("/{id}/switch", Switch);
        group.MapPost("/{id}/remove", Remove);
    }

    private static async Task List(HttpContext ctx, PageRenderer pages, Database db, PaymentChannelService channels) =>
        await pages.Render<PaymentChannelListPage, PaymentChannelListModel>(ctx, new(await db.Read(s => channels.List(s, ctx.Caller().TenantId), ctx.RequestAborted)));

    // Without a kind it asks for one; as a copy of another it has that one's.
    private static async Task New(HttpContext ctx, PageRenderer pages, Database db, PlanService plans)
    {
        var query = ctx.Request.Query;
        var model = await Like(ctx, db, query["from"].ToString());
        if ((model?.Gateway ?? GatewayKinds.Find(query["kind"].ToString())) is not { } kind)
        {
            await pages.Render<PaymentKindPage, PaymentKindModel>(ctx, new(GatewayKinds.All));
            return;
        }
        var start = model is null
            ? new PaymentChannel { Kind = kind.Name, Name = ctx.Text()[kind.ShortTitle], Currencies = $"[\"{(kind.Currencies is [var first, ..] ? first : "CNY")}\"]" }
            : model with { Name = ctx.Text()["payments.copy_of", model.Name] };
        var form = PaymentChannel.Fields.ToForm(start);
        form["from"] = model?.Id ?? "";
        await Show(ctx, pages, db, plans, new(form, kind, null), model);
    }

    private static async Task Create(HttpContext ctx, PageRenderer pages, Database db, PaymentChannelService channels, PlanService plans)
    {
        var form = await Typed(ctx);
        var (who, model) = (ctx.Caller(), await Like(ctx, db, form["from"]));
        try
        {
            // Its picture is not on the form unless another was chosen.
            var start = new PaymentChannel { Kind = form["kind"], Settings = model?.Kind == form["kind"] ? model.Settings : "{}" };
            var made = await db.Command(who, s => channels.Create(s, who, PaymentChannel.Fields.FromForm(start, form), model?.Id), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, $"{Path}/{made.Id}", new Toast("ok", "payments.made", made.Name));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            if (GatewayKinds.Find(form["kind"]) is { } kind)
                await Show(ctx, pages, db, plans, new(form, kind, null, refusal), model, 422);
            else
                await pages.Render<PaymentKindPage, PaymentKindModel>(ctx, new(GatewayKinds.All), 422);
        }
    }

    private static async Task Edit(HttpContext ctx, string id, PageRenderer pages, Database db, PaymentChannelService channels, PlanService plans)
    {
        var channel = await db.Read(s => channels.Get(s, ctx.Caller().TenantId, id), ctx.RequestAborted);
        await Show(ctx, pages, db, plans, new(PaymentChannel.Fields.ToForm(channel), channel.Gateway, PaymentChannelEndpoints.WithAddress(ctx, channel)), channel);
    }

    private static async Task Change(HttpContext ctx, string id, PageRenderer pages, Database db, PaymentChannelService channels, PlanService plans)
    {
        var form = await Typed(ctx);
        try
        {
            var changed = await db.Command(ctx.Caller(), s => channels.Update(s, ctx.Caller(), id, c => PaymentChannel.Fields.FromForm(c, form)), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, $"{Path}/{id}", new Toast("ok", "payments.saved", changed.Name));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            var channel = await db.Read(s => channels.Get(s, ctx.Caller().TenantId, id), ctx.RequestAborted);
            await Show(ctx, pages, db, plans, new(form, channel.Gateway, PaymentChannelEndpoints.WithAddress(ctx, channel), refusal), channel, 422);
        }
    }

    private static async Task Switch(HttpContext ctx, string id, Database db, PaymentChannelService channels)
    {
        var on = (await RequestBody.Form(ctx))["on"] == "true";
        try
        {
            var changed = await db.Command(ctx.Caller(), s => channels.Update(s, ctx.Caller(), id, c => c with { Enabled = on }), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", on ? "payments.switched_on" : "payments.switched_off", changed.Name));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            // One whose secrets were lost is completed first.
            PageRenderer.RedirectWithToast(ctx, $"{Path}/{id}", new Toast("bad", "payments.form.wrong"));
        }
    }

    private static async Task Remove(HttpContext ctx, string id, Database db, PaymentChannelService channels)
    {
        try
        {
            var gone = await db.Command(ctx.Caller(), s => channels.Remove(s, ctx.Caller(), id), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "payments.deleted", gone.Name));
        }
        catch (Refusal refusal) when (refusal.Error == PaymentChannelErrors.InUse)
        {
            PageRenderer.RedirectWithToast(ctx, $"{Path}/{id}", new Toast("bad", refusal.Detail));
        }
    }

    private static async Task<PaymentChannel?> Like(HttpContext ctx, Database db, string id) => id.Length == 0 ? null : await db.Read(s => PaymentChannelStore.Find(s, ctx.Caller().TenantId, id), ctx.RequestAborted);

    // A picture that was chosen stands among the settings.
    private static async Task<FormValues> Typed(HttpContext ctx)
    {
        var sent = await RequestBody.Form(ctx);
        var form = new FormValues(sent);
        if (sent.Files.GetFile("picture") is { Length: > 0 } file)
        {
            var bytes = new byte[Math.Min(file.Length, Accounts.Brands.BrandImage.MaxBytes + 1)];
            await using var content = file.OpenReadStream();
            await content.ReadExactlyAsync(bytes, ctx.RequestAborted);
            form[ChannelValues.Key(GatewayKinds.Picture)] = GatewayKinds.PictureOf(bytes) ?? "?";
        }
        else if (form["no_picture"] == "true")
            form[ChannelValues.Key(GatewayKinds.Picture)] = "";
        return form;
    }

    private static async Task Show(HttpContext ctx, PageRenderer pages, Database db, PlanService plans, PaymentChannelFormModel model, PaymentChannel? like, int status = 200)
    {
        var offered = await db.Read(async s => (await plans.List(s, ctx.Caller().TenantId, false, null, Cursor.MaxLimit)).Items, ctx.RequestAborted);
        await pages.Render<PaymentChannelFormPage, PaymentChannelFormModel>(ctx, model with { Plans = offered, Like = like }, status);
    }
}

public sealed record PaymentChannelListModel(IReadOnlyList<PaymentChannel> Channels);

public sealed record PaymentKindModel(IReadOnlyList<GatewayKind> Kinds);

/// <param name="Kind">Null when this version does not know it.</param>
/// <param name="Channel">Null while it is being made.</param>
public sealed record PaymentChannelFormModel(FormValues Form, GatewayKind? Kind, PaymentChannel? Channel, Refusal? Refusal = null) : IFormModel
{
    /// <summary>Those that it may be kept to.</summary>
    public IReadOnlyList<Plan> Plans { get; init; } = [];

    /// <summary>Whose secrets and picture hold where none are given: the channel itself, or the one that it is a copy of.</summary>
    public PaymentChannel? Like { get; init; }
}
