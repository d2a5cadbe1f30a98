using Gatehouse.Audit.Log;
using Gatehouse.Billing.Gateways;
using Gatehouse.Billing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;

namespace Gatehouse.Billing.Channels;

/// <summary>/api/payment-channels.</summary>
public static class PaymentChannelEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var kinds = string.Join("; ", GatewayKinds.All.Select(k => $"`{k.Name}`: {string.Join(", ", k.Fields.Select(f => $"`{f.Name}`{(f.Optional ? "?" : "")}{(f.Secret ? "*" : "")}"))}"));
        var group = app.MapGroup("/api/payment-channels").RequireRateLimiting(RateLimits.Api).WithTags("Payment channels").Requires(BillingPermissions.PaymentChannelsManage);
        group.MapGet("", List).WithSummary("List payment channels, as the shop offers them").Produces<PaymentChannelList>();
        group.MapGet("/{id}", Get).WithSummary("One payment channel").WithDescription("Of its secrets the names alone are shown.").Refuses(PaymentChannelErrors.NotFound).Produces<PaymentChannelResponse>();
        group.MapPost("", Create).WithSummary("Make a payment channel").WithDescription($"`kind` decides what `settings` holds (`?` may be left out, `*` is stored encrypted and never shown): {kinds}. Saving calls nobody.")
            .Idempotent().Accepts<PaymentChannelInput>("application/json").Produces<PaymentChannelResponse>(201);
        group.MapPatch("/{id}", Change).WithSummary("Change what is named").WithDescription("Within `settings` too: a setting that is null or empty is removed.").Refuses(PaymentChannelErrors.NotFound).Accepts<PaymentChannelInput>("application/json").Produces<PaymentChannelResponse>();
        group.MapDelete("/{id}", Remove).WithSummary("Delete a payment channel that nobody has paid by").Refuses(PaymentChannelErrors.NotFound, PaymentChannelErrors.InUse).Produces<PaymentChannelRemoved>();
    }

    /// <summary>With the address that its gateway is to call.</summary>
    public static PaymentChannel WithAddress(HttpContext ctx, PaymentChannel channel) => channel.Gateway?.Route is { } route ? channel with
    {
        NotifyUrl = $"{SiteAddress.Base(ctx.RequestServices.GetRequiredService<IConfiguration>(), ctx.RequestServices.GetRequiredService<ITenants>(), ctx.Caller().TenantId)}/pay/{route}/{channel.Id}/notify",
    } : channel;

    private static async Task List(HttpContext ctx, Database db, PaymentChannelService channels) =>
        await SignedJson.Send(ctx, new PaymentChannelList(true, [.. (await db.Read(s => channels.List(s, ctx.Caller().TenantId), ctx.RequestAborted)).Select(c => WithAddress(ctx, c))], null), PaymentChannelJson.Default.PaymentChannelList);

    private static async Task Get(HttpContext ctx, string id, Database db, PaymentChannelService channels) =>
        await Send(ctx, await db.Read(s => channels.Get(s, ctx.Caller().TenantId, id), ctx.RequestAborted));

    private static async Task Create(HttpContext ctx, Database db, PaymentChannelService channels)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var wanted = PaymentChannel.Fields.Change(ctx, bytes)(new PaymentChannel());
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(ctx.Caller(), async s => Answer(ctx, await channels.Create(s, ctx.Caller(), wanted))), PaymentChannelJson.Default.PaymentChannelResponse, 201);
    }

    private static async Task Change(HttpContext ctx, string id, Database db, PaymentChannelService channels)
    {
        var change = PaymentChannel.Fields.Change(ctx, await RequestBody.Bytes(ctx));
        await Send(ctx, await db.Command(ctx.Caller(), s => channels.Update(s, ctx.Caller(), id, change), ctx.RequestAborted));
    }

    private static async Task Remove(HttpContext ctx, string id, Database db, PaymentChannelService channels)
    {
        await db.Command(ctx.Caller(), s => channels.Remove(s, ctx.Caller(), id), ctx.RequestAborted);
        await SignedJson.Send(ctx, new PaymentChannelRemoved(true, id), PaymentChannelJson.Default.PaymentChannelRemoved);
    }

    private static Task Send(HttpContext ctx, PaymentChannel channel) => SignedJson.Send(ctx, Answer(ctx, channel), PaymentChannelJson.Default.PaymentChannelResponse);

    private static PaymentChannelResponse Answer(HttpContext ctx, PaymentChannel channel) => new(true, WithAddress(ctx, channel));
}
