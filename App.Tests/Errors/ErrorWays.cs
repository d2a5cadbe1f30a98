using System.Net;
using Gatehouse.Accounts.Passkeys;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.Setup;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Accounts.Staff;
using Gatehouse.Accounts.Tokens;
using Gatehouse.Accounts.TwoFactor;
using Gatehouse.Console.Jobs;
using Gatehouse.Console.Operations;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Batches;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Messaging.Channels;
using Gatehouse.Messaging.Mail;
using Gatehouse.Messaging.Templates;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Operations;
using Gatehouse.Platform.Outbox;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Billing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Errors;

/// <summary>One way to be refused with each code: a real request, or the call of a service where no request of today's roles gets so far.</summary>
internal static partial class ErrorWays
{
    private const string Json = "application/json";

    public static readonly IReadOnlyDictionary<ErrorCode, Func<ErrorSite, Task<Refused>>> Of = new Dictionary<ErrorCode, Func<ErrorSite, Task<Refused>>>(CustomerErrorWays.Of.Concat(SupportWays.Of).Concat(BillingWays.Of).Concat(KeyWays.Of).Concat(Relays.RelayWays.Of).Concat(Relays.Rentals.RentalWays.Of).Concat(Relays.Moves.MoveRows.Ways))
    {
        [HttpErrors.BadRequest] = site => site.SendForm("/preferences/language", "language=%00"),
        [HttpErrors.BadJson] = site => site.Send("/api/validate", "{"u8.ToArray(), Json),
        [HttpErrors.BadUtf8] = site => site.Send("/api/validate", [.. "{\"code\":\""u8, 0xC3, 0x28, .. "\"}"u8], Json),
        [HttpErrors.Csrf] = site => site.SendForm("/preferences/language", "language=en"),
        [HttpErrors.Unauthorized] = site => site.Server.Http.GetApi("/api/plans").Refused(),
        [HttpErrors.Forbidden] = async site => await (await site.Server.As(Role.Analyst)).PostApi("/api/plans", new { }).Refused(),
        [HttpErrors.NoSuchPage] = site => site.Server.Http.GetApi("/api/nothing").Refused(),
        [HttpErrors.MethodNotAllowed] = site => site.Server.Http.DeleteApi("/api/validate").Refused(),
        [HttpErrors.Conflict] = site => site.Server.Http.GetApi("/api/test/twice").Refused(),
        [HttpErrors.BodyTooLarge] = site => site.Send("/api/validate", new byte[2 * 1024 * 1024], Json),
        [HttpErrors.NotJson] = site => site.Send("/api/validate", "code=x"u8.ToArray(), "text/plain"),
        [HttpErrors.ValidationFailed] = site => site.Server.Http.PostApi("/api/validate", new { code = "", machine_code = "m" }).Refused(),
        [HttpErrors.IdempotencyReused] = async site =>
        {
            var (plan, key) = (await site.Owner.MakePlan(site.Unique("plan")), site.Unique("key"));
            await site.Owner.PostApi("/api/keys/generate", new { plan, count = 1 }, key);
            return await site.Owner.PostApi("/api/keys/generate", new { plan, count = 2 }, key).Refused();
        },
        [HttpErrors.RateLimited] = _ => Limited(new() { ["RateLimits:Api:PerSecond"] = "1", ["RateLimits:Api:Burst"] = "1" }, (http, _) => http.GetApi("/api/public-key")),
        [HttpErrors.Internal] = site => site.Server.Http.GetApi("/api/test/bug").Refused(),
        [HttpErrors.Busy] = site => site.Server.Http.GetApi("/api/test/queue").Refused(),
        [HttpErrors.StorageFull] = site => site.Server.Http.GetApi("/api/test/full").Refused(),
        [HttpErrors.StorageUnavailable] = site => site.Server.Http.GetApi("/api/test/away").Refused(),

        [OperationErrors.NotFound] = site => site.Owner.GetApi("/api/operations/nothing").Refused(),
        [OutboxErrors.NotFound] = site => site.Owner.DeleteApi("/api/outbox/nothing").Refused(),
        [OutboxErrors.Wiped] = async site =>
        {
            var key = site.Unique("message");
            await site.Server.Db.Write(async s =>
            {
                await site.Server.Service<OutboxStore>().AddSecret(s, site.Server.Storage.Secrets, Caller.DefaultTenant, "test.unhandled", "secret", key);
                return await s.Execute("UPDATE outbox SET dead_at = 1, next_try_at = NULL, sealed_payload = '', wiped = 1 WHERE dedupe_key = @key", ("key", key));
            });
            var id = await site.Server.Db.Read(s => s.One("SELECT id FROM outbox WHERE dedupe_key = @key", r => r.GetString(0), ("key", key)));
            return await site.Owner.PostApi($"/api/outbox/{id}/retry", new { }).Refused();
        },

        [ChannelErrors.NotFound] = site => site.Owner.GetApi("/api/channels/none").Refused(),
        [ChannelErrors.Failed] = async site =>
        {
            var made = await site.Owner.PostApi("/api/channels", new { kind = "webhook", name = "x", settings = new { url = "http://127.0.0.1:1/", signing_secret = "s" } });
            return await site.Owner.PostApi($"/api/channels/{(string)made["channel"]!["id"]!}/test", new { }).Refused();
        },
        [MailErrors.NotSetUp] = site => site.Owner.PostApi("/api/settings/mail/test", new { to = "me@example.org" }).Refused(),
        [MailErrors.Failed] = async site =>
        {
            // A port that nobody listens on, of a tenant of its own.
            var other = await site.Server.As(Role.Owner, "mailing");
            await other.PatchApi("/api/settings", new { mail = new { host = "localhost", port = 1, security = "none", from = "shop@example.com" } });
            return await other.PostApi("/api/settings/mail/test", new { to = "me@example.org" }).Refused();
        },
        [StaffErrors.NotFound] = site => site.Owner.GetApi("/api/staff/nobody").Refused(),
        [StaffErrors.OwnersOnly] = async site => await (await site.Server.As(Role.Admin)).PostApi("/api/staff", new { username = site.Unique("staff"), role = "owner" }).Refused(),
        [StaffErrors.RoleTooHigh] = async site =>
        {
            var who = await site.Member(Role.Operator);
            return await site.Call<AccountService>(async (accounts, s) => await accounts.Create(s, who, new NewStaff(site.Unique("staff"), "", Role.Admin, "!")));
        },
        // The session still says admin when the account has been made an analyst.
        [StaffErrors.RaiseSelf] = async site =>
        {
            var who = await site.Member(Role.Analyst) with { Role = Role.Admin };
            return await site.Call<AccountService>(async (accounts, s) => await accounts.Change(s, who, who.Id!, new StaffChange(Role: Role.Admin)));
        },
        [StaffErrors.LastOwner] = async site =>
        {
            var only = await site.Server.Staff.Account(Role.Owner, "one-owner");
            return await (await site.Server.As(Role.Owner, "one-owner")).DeleteApi("/api/staff/" + only).Refused();
        },
        [StaffErrors.SelfDisable] = async site =>
        {
            var who = await site.Member(Role.Admin);
            return await site.Call<AccountService>(async (accounts, s) => await accounts.Change(s, who, who.Id!, new StaffChange(Disabled: true)));
        },
        [StaffErrors.SelfReset] = async site =>
        {
            var who = await site.Member(Role.Admin);
            return await site.Call<AccountService>(async (accounts, s) => await accounts.ResetPassword(s, who, who.Name, "!"));
        },
        [TokenErrors.NotFound] = site => site.Owner.GetApi("/api/tokens/nothing").Refused(),
        [TokenErrors.Revoked] = async site =>
        {
            var token = "/api/tokens/" + (string)(await site.Owner.PostApi("/api/tokens", new { name = "x", role = "operator" }))["token"]!["id"]!;
            await site.Owner.DeleteApi(token);
            return await site.Owner.PatchApi(token, new { name = "y" }).Refused();
        },
        [SessionErrors.NotFound] = async site =>
        {
            var who = await site.Member(Role.Admin);
            return await site.Call<SessionStore>(async (sessions, s) => await sessions.End(s, who, "none"));
        },
        [SignInErrors.Failed] = SignIn,
        [SignInErrors.Passkey] = SignInByPasskey,
        [PasskeyErrors.NotFound] = RemoveNoPasskey,
        [SessionErrors.ProofRequired] = RemovePasskeyWithoutProof,
        [TwoFactorErrors.On] = async site =>
        {
            var who = await TwoFactorEndpoints.Here(site.Server, await site.Member(Role.Admin));
            await TwoFactorEndpoints.SwitchOn(site.Server, who.TenantId, who.Id!);
            return await site.Call<TwoFactorService>(async (twoFactor, s) => await twoFactor.Begin(s, who));
        },
        [TwoFactorErrors.Off] = async site => await site.Owner.PostApi($"/api/staff/{(await site.Member(Role.Admin)).Id}/reset-two-factor", new { }).Refused(),
        [TwoFactorErrors.NotBegun] = async site =>
        {
            var who = await TwoFactorEndpoints.Here(site.Server, await site.Member(Role.Admin));
            return await site.Call<TwoFactorService>(async (twoFactor, s) => await twoFactor.SwitchOn(s, who, "123456"));
        },
        [SetupErrors.Done] = async site =>
        {
            await site.Member(Role.Owner);
            return await site.Call<SetupLinks>(async (links, s) => await links.Create(s, Caller.DefaultTenant));
        },
        [SetupErrors.LinkInvalid] = site => site.Call<SetupLinks>(async (links, s) => await links.Complete(s, Caller.Public("192.0.2.7", null), "none", new NewStaff("wei", "", Role.Owner, "!"))),

        [MailTextErrors.NotFound] = site => site.Owner.GetApi("/api/mail-templates/nothing/en").Refused(),
        [PlanErrors.NotFound] = site => site.Owner.GetApi("/api/plans/nothing").Refused(),
        [PlanErrors.NoteNotFound] = async site => await site.Owner.DeleteApi($"/api/plans/{await site.Owner.MakePlan(site.Unique("plan"))}/notes/nothing").Refused(),
        [PlanErrors.Retired] = async site =>
        {
            var plan = await site.Owner.MakePlan(site.Unique("plan"));
            await site.Owner.MakeKeys(plan);
            await site.Owner.DeleteApi("/api/plans/" + plan);
            return await site.Owner.PatchApi("/api/plans/" + plan, new { price = 1 }).Refused();
        },
        [LicenseErrors.NotFound] = site => site.Owner.GetApi("/api/keys/NO-SUCH").Refused(),
        [ActionErrors.AlreadySuspended] = async site => await site.Do(await site.Key(), new { action = "suspend" }, new { action = "suspend" }),
        [ActionErrors.NotSuspended] = async site => await site.Do(await site.Key(), new { action = "reinstate" }),
        [ActionErrors.AlreadyRevoked] = async site => await site.Do(await site.Key(), new { action = "revoke" }, new { action = "revoke" }),
        [ActionErrors.AlreadyUnused] = async site => await site.Do(await site.Key(), new { action = "reset", reason = "x" }),
        [ActionErrors.NotUnused] = async site => await site.Owner.DeleteApi("/api/keys/" + await site.Active()).Refused(),
        [ActionErrors.NotActivated] = async site => await site.Do(await site.Key(), new { action = "extend", seconds = 60 }),
        [ActionErrors.NeverExpires] = async site => await site.Do(await site.Active(seconds: null), new { action = "extend", seconds = 60 }),
        [ActionErrors.NotBound] = async site => await site.Do(await site.Key(), new { action = "unbind" }),
        [ActionErrors.RechargeKey] = async site => await site.Do(await BillingWays.RechargeKey(site), new { action = "reset", reason = "x" }),
        [ActionErrors.KeysCollide] = async site =>
        {
            var (plan, code) = (await site.Owner.MakePlan(site.Unique("plan")), site.Unique("COLLIDING"));
            await site.Owner.PostApi("/api/keys/import", new { plan, content = $"AAA-{code}\nBBB-{code}" });
            return await site.Owner.PostApi("/api/keys/bulk", new { action = "prefix", prefix = "CCC", keys = new[] { $"AAA-{code}", $"BBB-{code}" } }).Refused();
        },
        [BatchErrors.NotFound] = async site => ErrorSite.Refused(await (await site.Server.SignedIn(Role.Admin)).Get("/admin/batches/nothing")),
        [ActivationErrors.ReleaseNotAllowed] = async site => await site.Server.Http.PostApi("/api/release", new { code = await site.Active(), machine_code = "machine-1" }).Refused(),
        [ActivationErrors.ReleaseLimitReached] = async site =>
        {
            var plan = await site.Owner.MakePlan(site.Unique("plan"), machines: 2);
            await site.Owner.PatchApi("/api/plans/" + plan, new { releases_per_month = 1 });
            var code = (await site.Owner.MakeKeys(plan)).Keys[0];
            foreach (var machine in new[] { "machine-1", "machine-2" })
                await site.Server.Http.Validate(code, machine);
            await site.Server.Http.PostApi("/api/release", new { code, machine_code = "machine-1" });
            return await site.Server.Http.PostApi("/api/release", new { code, machine_code = "machine-2" }).Refused();
        },
        [ActivationErrors.TooManyWrongKeys] = _ => Limited(new() { ["Keys:GuessLimit"] = "2" }, (http, i) => http.Validate($"WRONG-{i}", "machine-1")),

        [JobErrors.NotFound] = site => site.Owner.PostApi("/api/jobs/nothing/run", new { }).Refused(),
        [JobErrors.Running] = async site =>
        {
            await site.Owner.PostApi("/api/jobs/test.slow/run", new { });
            return await site.Owner.PostApi("/api/jobs/test.slow/run", new { }).Refused();
        },
    }.Concat(StaffErrorWays.Of).Concat(TenantErrorWays.Of).ToDictionary();

    // Limits are of a server, and these would stand in the others' way.
    internal static async Task<Refused> Limited(Dictionary<string, string?> settings, Func<HttpClient, int, Task<ApiAnswer>> ask)
    {
        settings["RateLimits:Enabled"] = "true";
        await using var server = await TestServer.Start(settings: settings);
        ApiAnswer answer;
        var i = 0;
        do
            answer = await ask(server.Http, i);
        while (answer.Status == HttpStatusCode.OK && ++i < 50);
        return await Task.FromResult(answer).Refused();
    }
}
