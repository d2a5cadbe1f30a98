using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Messaging.Unsubscribe;

/// <summary><c>/unsubscribe/...</c>: the link at the foot of a mail. It asks first, for programs that look at mails follow links; mail programs post to it (RFC 8058), from wherever they are.</summary>
public static class UnsubscribePages
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(UnsubscribeLinks.Path).OpenToAll().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        pages.MapGet("/{token}", Ask);
        pages.MapPost("/{token}", Set).TakesFormsFromElsewhere();
    }

    private static async Task Ask(HttpContext ctx, string token, PageRenderer pages, UnsubscribeLinks links, Database db)
    {
        var whose = await links.Read(token);
        var off = whose is not null && await db.Read(s => MailChoices.IsOff(s, whose.Tenant, whose.Account), ctx.RequestAborted);
        await pages.Render<UnsubscribePage, UnsubscribeModel>(ctx, new(token, whose is not null, off), whose is null ? 404 : 200);
    }

    private static async Task Set(HttpContext ctx, string token, PageRenderer pages, UnsubscribeLinks links, Database db)
    {
        var again = (await RequestBody.Form(ctx))["again"] == "1";
        if (await links.Read(token) is not { } whose)
        {
            await pages.Render<UnsubscribePage, UnsubscribeModel>(ctx, new(token, false, false), 404);
            return;
        }
        await db.Write(s => MailChoices.Set(s, whose.Tenant, whose.Account, off: !again), ctx.RequestAborted);
        await pages.Render<UnsubscribePage, UnsubscribeModel>(ctx, new(token, true, !again));
    }
}

/// <param name="Good">We made the link.</param>
/// <param name="Off">They get no such mails.</param>
public sealed record UnsubscribeModel(string Token, bool Good, bool Off);
