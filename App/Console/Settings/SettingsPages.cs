using System.Security.Cryptography;
using Gatehouse.Accounts.Logins;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Invites;
using Gatehouse.Billing.Receipts;
using Gatehouse.Console.Health;
using Gatehouse.Console.Permissions;
using Gatehouse.Messaging.Mail;
using Gatehouse.Messaging.Notices;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Relays.Anomalies;
using Gatehouse.Relays.Leaving;
using Gatehouse.Relays.StatusPages;
using Gatehouse.Support.Tickets;

namespace Gatehouse.Console.Settings;

/// <summary>/admin/settings: a form for what stands by itself, and one for each group of settings.</summary>
public static class SettingsPages
{
    internal const string Path = "/admin/settings", Mail = Path + "/mail", TestPath = Mail + "/test";

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(Path).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(ConsolePermissions.SettingsManage);
        pages.MapGet("", Show);
        pages.MapPost("", (HttpContext ctx, SettingsDesk desk) => Save(ctx, desk, null, ""));
        pages.MapPost("/mail", (HttpContext ctx, SettingsDesk desk) => Save(ctx, desk, MailSettings.Group, "#mail"));
        pages.MapPost("/mail/test", Test);
        pages.MapPost("/notices", (HttpContext ctx, SettingsDesk desk) => Save(ctx, desk, NoticeSettings.Group, "#notices"));
        pages.MapPost("/sign_up", (HttpContext ctx, SettingsDesk desk) => Save(ctx, desk, SignUpSettings.Group, "#sign_up"));
        pages.MapPost("/receipt", (HttpContext ctx, SettingsDesk desk) => Save(ctx, desk, ReceiptSettings.Group, "#receipt"));
        pages.MapPost("/invites", (HttpContext ctx, SettingsDesk desk) => Save(ctx, desk, InviteSettings.Group, "#invites"));
        pages.MapPost("/anomalies", (HttpContext ctx, SettingsDesk desk) => Save(ctx, desk, AnomalySettings.Group, "#anomalies"));
        pages.MapPost("/relay_moves", (HttpContext ctx, SettingsDesk desk) => Save(ctx, desk, LeaveSettings.Group, "#relay_moves"));
        pages.MapPost("/relay_status", (HttpContext ctx, SettingsDesk desk) => Save(ctx, desk, RegionStatusPages.Group, "#relay_status"));
        pages.MapPost("/tickets", (HttpContext ctx, SettingsDesk desk) => Save(ctx, desk, TicketSettings.Group, "#tickets"));
    }

    private static async Task Show(HttpContext ctx, SettingsDesk desk) => await desk.Render(ctx, new(), null);

    private static async Task Save(HttpContext ctx, SettingsDesk desk, SettingGroup? group, string place)
    {
        var form = await RequestBody.Form(ctx);
        // What only owners change is shown to others, and not sent by them.
        var typed = desk.Preferences.All.Where(d => d.Group == group && (!d.OwnersOnly || ctx.Caller().Role == Role.Owner)).ToDictionary(d => d.Name, d => form[d.Name].ToString());
        // Of a secret nothing is shown, so nothing typed means that it stays; without a user name, or a selector, it is of no use.
        foreach (var secret in desk.Preferences.All.Where(d => d.Group == group && d.Kind == SettingKind.Secret && typed[d.Name].Length == 0))
            if (!(secret == MailSettings.Password && typed[MailSettings.User.Name].Trim().Length == 0) && !(secret == MailSettings.DkimPem && typed[MailSettings.DkimSelector.Name].Trim().Length == 0))
                typed.Remove(secret.Name);
        try
        {
            await desk.Change(ctx, typed);
        }
        catch (Refusal wrong) when (wrong.Fields.Count > 0)
        {
            await desk.Render(ctx, typed, wrong);
            return;
        }
        PageRenderer.RedirectWithToast(ctx, Path + place, new Toast("ok", "settings.saved"));
    }

    private static async Task Test(HttpContext ctx, SettingsDesk desk, MailTrial trial)
    {
        var to = (await RequestBody.Form(ctx))["to"].ToString();
        try
        {
            var answer = await trial.Send(ctx.Caller(), to, ctx.Text().Language, ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, Path + "#mail", new Toast("ok", new Message("settings.mail_test.sent", answer)));
        }
        catch (Refusal refusal)
        {
            await desk.Render(ctx, new() { ["to"] = to }, refusal);
        }
    }
}

/// <summary>What the page's handlers share.</summary>
public sealed class SettingsDesk(TenantSettings preferences, SettingsService settings, MailStatus mail, Database db, PageRenderer pages, ServerFacts.Source facts)
{
    public TenantSettings Preferences => preferences;

    public Task Change(HttpContext ctx, Dictionary<string, string> wanted) => db.Command(ctx.Caller(), s => settings.Change(s, ctx.Caller(), wanted), ctx.RequestAborted);

    /// <param name="typed">What was typed into a form that was refused; all else is shown as it is stored.</param>
    public async Task Render(HttpContext ctx, Dictionary<string, string> typed, Refusal? refusal)
    {
        var tenant = ctx.Caller().TenantId;
        await preferences.Refresh(tenant, now: true);
        var values = preferences.All.Where(d => d.Kind != SettingKind.Secret).ToDictionary(d => d.Name, d => preferences.Get(tenant, d));
        foreach (var (name, value) in typed.Where(t => t.Key == "to" || values.ContainsKey(t.Key)))
            values[name] = value;
        var secrets = preferences.All.Where(d => d.Kind == SettingKind.Secret && preferences.Get(tenant, d).Length > 0).Select(d => d.Name).ToHashSet();
        await pages.Render<SettingsPage, SettingsModel>(ctx, new(preferences.All, values, secrets, await facts.Gather(tenant), refusal) { MailIsSetUp = preferences.Get(tenant, MailSettings.Host).Length > 0, DkimRecord = Record(tenant) }, refusal?.Status ?? 200);
    }

    private string? Record(string tenant)
    {
        try
        {
            return mail.DkimRecord(tenant);
        }
        catch (CryptographicException)
        {
            // Sealed under a key that is gone: the page is where another is typed in.
            return null;
        }
    }
}

/// <param name="Secrets">The names of those secrets that are set.</param>
public sealed record SettingsModel(
    IReadOnlyList<SettingDefinition> Settings, IReadOnlyDictionary<string, string> Values, IReadOnlySet<string> Secrets, ServerFacts Facts, Refusal? Refusal = null) : IFormModel
{
    /// <summary>Can mail be sent, as it is stored?</summary>
    public bool MailIsSetUp { get; init; }

    /// <summary>What the DNS has to say of the key that mails are signed with; null when they are not.</summary>
    public string? DkimRecord { get; init; }
}
