using System.Globalization;
using System.Text.Json.Serialization;
using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.TwoFactor;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Invites;
using Gatehouse.Billing.Receipts;
using Gatehouse.Console.Permissions;
using Gatehouse.Licensing.Settings;
using Gatehouse.Messaging.Mail;
using Gatehouse.Messaging.Notices;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Anomalies;
using Gatehouse.Relays.Leaving;
using Gatehouse.Relays.StatusPages;
using Gatehouse.Support.Tickets;
using Networks = Gatehouse.Accounts.NetworkAccess.StaffNetworks;

namespace Gatehouse.Console.Settings;

/// <param name="TwoFactorRoles">Roles that must have two-factor sign-in.</param>
/// <param name="StaffNetworks">Where staff and their tokens may come from; empty: from everywhere.</param>
public sealed record SettingsValues(string SiteName, string TimeZone, string KeyAlphabet, int ExpiringSoonDays, MailValues Mail, SignUpValues SignUp, TicketValues Tickets, NoticeValues Notices, ReceiptValues Receipt, InviteValues Invites, AnomalyValues Anomalies, RelayMoveValues RelayMoves, RelayStatusValues RelayStatus, IReadOnlyList<string> TwoFactorRoles, IReadOnlyList<string> StaffNetworks);

/// <param name="Mode"><c>open</c> or <c>closed</c>.</param>
/// <param name="RefusedDomains">Of mail addresses, and all below them.</param>
/// <param name="AllowedDomains">Empty: all others.</param>
public sealed record SignUpValues(string Mode, bool ProofOfWork, IReadOnlyList<string> RefusedDomains, IReadOnlyList<string> AllowedDomains);

/// <summary>How staff are told things by channels.</summary>
/// <param name="Language"><c>en</c> or <c>zh</c>.</param>
/// <param name="QuietFrom"><c>22:00</c>, in the time zone of the place; empty: there are no quiet hours.</param>
public sealed record NoticeValues(string Language, string QuietFrom, string QuietUntil);

/// <param name="Security"><c>none</c> (only to this machine itself), <c>starttls</c> or <c>tls</c>.</param>
/// <param name="HasPassword">One is stored; it is never read back.</param>
/// <param name="HasDkimKey">Mails are signed; the key is never read back.</param>
public sealed record MailValues(string Host, int Port, string Security, string User, bool HasPassword, string From, string FromName, string ReplyTo, string DkimSelector, bool HasDkimKey);

/// <param name="Mail">Who is told of new messages; empty: nobody.</param>
/// <param name="CloseAfterDays">Of waiting for the customer.</param>
public sealed record TicketValues(string Mail, int CloseAfterDays);

/// <summary>What stands on receipts of the operator's.</summary>
/// <param name="Name">Empty: the name of the site.</param>
/// <param name="Tax">The tax number.</param>
public sealed record ReceiptValues(string Name, string Address, string Tax, string Note);

/// <summary>What customers get for bringing customers.</summary>
/// <param name="Kind"><c>off</c>, <c>points</c> or <c>balance</c>.</param>
/// <param name="Amount">Points, or money as <c>10.00</c>.</param>
/// <param name="Days">After the delivery of the first order.</param>
public sealed record InviteValues(string Kind, string Amount, string Currency, int Days);

/// <summary>Which traffic of relays looks wrong, and what is done about it.</summary>
/// <param name="Times">So many times an account's usual hour is far above its habit; 0: not looked for.</param>
/// <param name="DayGb">Gigabytes that a rental may carry in a day; 0: any.</param>
/// <param name="QuotaHours">A quota that is used up within so many hours; 0: not looked for.</param>
/// <param name="Denied">So many machines of a rental that are not let in within a day; 0: not looked for.</param>
/// <param name="Act"><c>none</c>, <c>slow</c> or <c>stop</c>: for a day.</param>
public sealed record AnomalyValues(int Times, int DayGb, int QuotaHours, int Denied, string Act);

/// <param name="DownMinutes">After so many minutes the relays of a server that is down go to others; 0: they stay.</param>
public sealed record RelayMoveValues(int DownMinutes);

/// <param name="Shown">Everybody may see how the regions do, at <c>/status/relays</c>.</param>
public sealed record RelayStatusValues(bool Shown);

public sealed record SettingsResponse(bool Success, SettingsValues Settings);

/// <summary>Settings to change; what is left out (or null) stays.</summary>
public sealed record SettingsChange(string? SiteName = null, string? TimeZone = null, string? KeyAlphabet = null, long? ExpiringSoonDays = null, MailChange? Mail = null, SignUpChange? SignUp = null,
    TicketsChange? Tickets = null, NoticeChange? Notices = null, ReceiptChange? Receipt = null, InvitesChange? Invites = null, AnomaliesChange? Anomalies = null, RelayMovesChange? RelayMoves = null, RelayStatusChange? RelayStatus = null, IReadOnlyList<string>? TwoFactorRoles = null, IReadOnlyList<string?>? StaffNetworks = null)
{
    public Dictionary<string, string> Wanted()
    {
        (string Name, string? Value)[] all =
        [
            (TenantSettings.SiteName.Name, SiteName), (TenantSettings.TimeZone.Name, TimeZone), (LicenseSettings.KeyAlphabet.Name, KeyAlphabet),
            (LicenseSettings.ExpiringSoonDays.Name, ExpiringSoonDays?.ToString(CultureInfo.InvariantCulture)), .. Mail?.Wanted() ?? [], .. SignUp?.Wanted() ?? [], .. Notices?.Wanted() ?? [],
            (ReceiptSettings.Name.Name, Receipt?.Name), (ReceiptSettings.Address.Name, Receipt?.Address), (ReceiptSettings.Tax.Name, Receipt?.Tax), (ReceiptSettings.Note.Name, Receipt?.Note),
            (InviteSettings.Kind.Name, Invites?.Kind), (InviteSettings.Amount.Name, Invites?.Amount), (InviteSettings.Currency.Name, Invites?.Currency), (InviteSettings.Days.Name, Invites?.Days?.ToString(CultureInfo.InvariantCulture)),
            .. Anomalies?.Wanted() ?? [], (LeaveSettings.DownMinutes.Name, RelayMoves?.DownMinutes?.ToString(CultureInfo.InvariantCulture)), (RegionStatusPages.Shown.Name, RelayStatus?.Shown is { } shown ? shown ? "true" : "false" : null),
            (TicketSettings.Mail.Name, Tickets?.Mail), (TicketSettings.CloseAfterDays.Name, Tickets?.CloseAfterDays?.ToString(CultureInfo.InvariantCulture)),
            (TwoFactorSettings.RequiredRoles.Name, TwoFactorRoles is null ? null : string.Join(' ', TwoFactorRoles)),
            (Networks.Setting.Name, StaffNetworks is null ? null : string.Join('\n', StaffNetworks)),
        ];
        return all.Where(v => v.Value is not null).ToDictionary(v => v.Name, v => v.Value!);
    }
}

/// <summary>The mail server; what is left out (or null) stays. An empty host switches mail off, an empty password or key removes it.</summary>
/// <param name="DkimSelector">The name that the key for signatures has in the DNS, without <c>._domainkey</c> and the domain.</param>
/// <param name="DkimKey">An RSA key in PEM of 1024 to 4096 bits: mails are signed with it for the domain of <c>from</c>.</param>
public sealed record MailChange(
    string? Host = null, long? Port = null, string? Security = null, string? User = null, string? Password = null, string? From = null, string? FromName = null, string? ReplyTo = null,
    string? DkimSelector = null, string? DkimKey = null)
{
    internal (string Name, string? Value)[] Wanted() =>
    [
        (MailSettings.Host.Name, Host), (MailSettings.Port.Name, Port?.ToString(CultureInfo.InvariantCulture)), (MailSettings.Security.Name, Security), (MailSettings.User.Name, User),
        (MailSettings.Password.Name, Password), (MailSettings.From.Name, From), (MailSettings.FromName.Name, FromName), (MailSettings.ReplyTo.Name, ReplyTo),
        (MailSettings.DkimSelector.Name, DkimSelector), (MailSettings.DkimPem.Name, DkimKey),
    ];
}

/// <summary>How staff are told things by channels; what is left out (or null) stays.</summary>
/// <param name="QuietFrom"><c>22:00</c>; empty, with the other: no quiet hours.</param>
public sealed record NoticeChange(string? Language = null, string? QuietFrom = null, string? QuietUntil = null)
{
    internal (string, string?)[] Wanted() => [(NoticeSettings.Language.Name, Language), (NoticeSettings.QuietFrom.Name, QuietFrom), (NoticeSettings.QuietUntil.Name, QuietUntil)];
}

/// <summary>Who may make an account; what is left out (or null) stays.</summary>
public sealed record SignUpChange(string? Mode = null, bool? ProofOfWork = null, IReadOnlyList<string?>? RefusedDomains = null, IReadOnlyList<string?>? AllowedDomains = null)
{
    internal (string Name, string? Value)[] Wanted() =>
    [
        (SignUpSettings.Mode.Name, Mode), (SignUpSettings.ProofOfWork.Name, ProofOfWork is { } works ? works ? "true" : "false" : null),
        (SignUpSettings.RefusedDomains.Name, Lines(RefusedDomains)), (SignUpSettings.AllowedDomains.Name, Lines(AllowedDomains)),
    ];

    private static string? Lines(IReadOnlyList<string?>? domains) => domains is null ? null : string.Join('\n', domains);
}

/// <summary>What concerns tickets; what is left out (or null) stays.</summary>
/// <param name="Mail">Who is told of new messages; empty: nobody.</param>
/// <param name="CloseAfterDays">Of waiting for the customer, 1 to 365.</param>
public sealed record TicketsChange(string? Mail = null, long? CloseAfterDays = null);

/// <summary>What stands on receipts; what is left out (or null) stays.</summary>
/// <param name="Name">Empty: the name of the site.</param>
/// <param name="Tax">The tax number.</param>
public sealed record ReceiptChange(string? Name = null, string? Address = null, string? Tax = null, string? Note = null);

/// <summary>What customers get for bringing customers; what is left out (or null) stays.</summary>
/// <param name="Kind"><c>off</c>, <c>points</c> or <c>balance</c>.</param>
/// <param name="Amount">Points, or money as <c>10.00</c>.</param>
/// <param name="Days">After the delivery of the first order, 0 to 365.</param>
public sealed record InvitesChange(string? Kind = null, string? Amount = null, string? Currency = null, long? Days = null);

/// <summary>Which traffic of relays looks wrong; what is left out (or null) stays.</summary>
public sealed record AnomaliesChange(long? Times = null, long? DayGb = null, long? QuotaHours = null, long? Denied = null, string? Act = null)
{
    internal (string, string?)[] Wanted() =>
    [
        (AnomalySettings.Times.Name, Text(Times)), (AnomalySettings.DayGb.Name, Text(DayGb)), (AnomalySettings.QuotaHours.Name, Text(QuotaHours)), (AnomalySettings.Denied.Name, Text(Denied)), (AnomalySettings.Act.Name, Act),
    ];

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);
}

/// <summary>When relays leave a server by themselves; what is left out (or null) stays.</summary>
/// <param name="DownMinutes">That it has been down, 0 to 10,080; 0: they stay.</param>
public sealed record RelayMovesChange(long? DownMinutes = null);

/// <summary>The public page of regions; what is left out (or null) stays.</summary>
public sealed record RelayStatusChange(bool? Shown = null);

/// <summary>/api/settings: what an operator changes at run time.</summary>
public static class SettingsEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var settings = app.MapGroup("/api/settings").RequireRateLimiting(RateLimits.Api).WithTags("Settings").Requires(ConsolePermissions.SettingsManage);
        settings.MapGet("", Get).Produces<SettingsResponse>().WithSummary("Read the settings").WithName("getSettings");
        settings.MapPatch("", Change).Accepts<SettingsChange>("application/json").Produces<SettingsResponse>().Refuses(HttpErrors.ValidationFailed)
            .WithSummary("Change settings").WithName("changeSettings");
        settings.MapPost("/mail/test", Test).Accepts<MailTest>("application/json").Produces<MailTested>().Refuses(HttpErrors.ValidationFailed, MailErrors.NotSetUp, MailErrors.Failed)
            .WithSummary("Send a test mail").WithName("testMail")
            .WithDescription("Goes to the mail server at once. Its own answer is told, also where it does not take the mail.");
    }

    private static async Task Test(HttpContext ctx, MailTrial trial)
    {
        var test = await RequestBody.Read(ctx, MailTestJson.Default.MailTest);
        var answer = await trial.Send(ctx.Caller(), test.To, ctx.Text().Language, ctx.RequestAborted);
        await SignedJson.Send(ctx, new MailTested(true, answer), MailTestJson.Default.MailTested);
    }

    private static async Task Get(HttpContext ctx, TenantSettings preferences)
    {
        var tenant = ctx.Caller().TenantId;
        await preferences.Refresh(tenant, now: true);
        var mail = new MailValues(Of(MailSettings.Host), Number(MailSettings.Port), Of(MailSettings.Security), Of(MailSettings.User), Of(MailSettings.Password).Length > 0,
            Of(MailSettings.From), Of(MailSettings.FromName), Of(MailSettings.ReplyTo), Of(MailSettings.DkimSelector), Of(MailSettings.DkimPem).Length > 0);
        var values = new SettingsValues(Of(TenantSettings.SiteName), Of(TenantSettings.TimeZone), Of(LicenseSettings.KeyAlphabet), Number(LicenseSettings.ExpiringSoonDays), mail,
            new SignUpValues(Of(SignUpSettings.Mode), Of(SignUpSettings.ProofOfWork) == "true", SignUpSettings.List(Of(SignUpSettings.RefusedDomains)), SignUpSettings.List(Of(SignUpSettings.AllowedDomains))),
            new TicketValues(Of(TicketSettings.Mail), Number(TicketSettings.CloseAfterDays)), new NoticeValues(Of(NoticeSettings.Language), Of(NoticeSettings.QuietFrom), Of(NoticeSettings.QuietUntil)),
            new ReceiptValues(Of(ReceiptSettings.Name), Of(ReceiptSettings.Address), Of(ReceiptSettings.Tax), Of(ReceiptSettings.Note)),
            new InviteValues(Of(InviteSettings.Kind), Of(InviteSettings.Amount), Of(InviteSettings.Currency), Number(InviteSettings.Days)),
            new AnomalyValues(Number(AnomalySettings.Times), Number(AnomalySettings.DayGb), Number(AnomalySettings.QuotaHours), Number(AnomalySettings.Denied), Of(AnomalySettings.Act)), new RelayMoveValues(Number(LeaveSettings.DownMinutes)), new RelayStatusValues(Of(RegionStatusPages.Shown) == "true"),
            SettingDefinition.Chosen(Of(TwoFactorSettings.RequiredRoles)), Networks.List(Of(Networks.Setting)));
        await SignedJson.Send(ctx, new SettingsResponse(true, values), SettingsJson.Default.SettingsResponse);

        string Of(SettingDefinition setting) => preferences.Get(tenant, setting);
        int Number(SettingDefinition setting) => int.Parse(Of(setting), CultureInfo.InvariantCulture);
    }

    private static async Task Change(HttpContext ctx, Database db, SettingsService settings, TenantSettings preferences)
    {
        var change = await RequestBody.Read(ctx, SettingsJson.Default.SettingsChange);
        await db.Command(ctx.Caller(), s => settings.Change(s, ctx.Caller(), change.Wanted()), ctx.RequestAborted);
        await Get(ctx, preferences);
    }
}

/// <summary>Unknown, doubled and mistyped members are refused.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(SettingsResponse))]
[JsonSerializable(typeof(SettingsChange))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class SettingsJson : JsonSerializerContext;
