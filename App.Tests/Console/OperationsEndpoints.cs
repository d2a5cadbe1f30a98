using Gatehouse.Audit.Permissions;
using Gatehouse.Console.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Outbox;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Messaging;
using Gatehouse.Tests.Support;
using static Gatehouse.Tests.Endpoints.Act;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Console;

/// <summary>The audit log, security events, operations, jobs, settings and health.</summary>
public static class OperationsEndpoints
{
    private const string AuditQuery = "actor action target q from to";
    private const string AllSettings = "site_name=Gate&time_zone=UTC&key_alphabet=23456789ABCDEFGHJKMNPQRSTUVWXYZ&expiring_soon_days=7";

    private const string AllMail = "mail.host=smtp.example.com&mail.port=465&mail.security=tls&mail.user=shop&mail.password=x&mail.from=shop@example.com&mail.from_name=Shop&mail.reply_to=&mail.dkim_selector=&mail.dkim_key=";

    // One for all rows; it ends with this process.
    private static readonly Lazy<Task<SmtpServer>> Mailboxes = new(() => SmtpServer.Start());

    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/api/health", Open),
        new("GET", "/health", Open) { Type = "application/json" },
        new("GET", "/admin/health", ConsolePermissions.HealthRead),
        new("GET", "/api/health/details", ConsolePermissions.HealthRead),

        new("GET", "/api/audit", AuditPermissions.AuditRead) { Query = AuditQuery + " after limit", Shows = ["plan", "token"], Finds = ["?target={plan}", "?q={plan}"] },
        new("GET", "/api/audit/export", AuditPermissions.AuditRead) { Query = AuditQuery + " format", Type = "application/jsonl", Shows = ["plan", "token"] },
        new("GET", "/admin/audit", AuditPermissions.AuditRead) { Query = AuditQuery + " after", Shows = ["staff_name"] },
        new("GET", "/admin/audit/export", AuditPermissions.AuditRead) { Query = AuditQuery + " format", Type = "application/jsonl", Shows = ["plan", "token"] },
        new("GET", "/api/security-events", AuditPermissions.AuditRead) { Query = "severity kind ip from to after limit" },
        new("GET", "/admin/security", AuditPermissions.AuditRead) { Query = "severity after" },

        new("GET", "/api/operations", SignedIn) { Query = "after limit", Shows = ["operation"] },
        new("GET", "/api/operations/{id}", SignedIn) { Path = "/api/operations/{operation}" },

        new("GET", "/admin/operations", SignedIn) { Query = "after", Shows = ["batch"] },

        new("GET", "/api/outbox", ConsolePermissions.OutboxRead) { Query = "state channel q after limit", Shows = ["dead"] },
        new("GET", "/api/outbox/{id}", ConsolePermissions.OutboxRead) { Path = "/api/outbox/{dead}" },
        new("POST", "/api/outbox/{id}/retry", ConsolePermissions.OutboxManage)
        {
            Path = "/api/outbox/{dead}/retry", Races = [new(new("POST", "/api/outbox/{dead}/retry"), Delete("/api/outbox/{dead}"))],
        },
        new("DELETE", "/api/outbox/{id}", ConsolePermissions.OutboxManage)
        {
            Path = "/api/outbox/{dead}", Races = [new(Delete("/api/outbox/{dead}"), Delete("/api/outbox/{dead}"))],
        },
        new("GET", "/admin/outbox", ConsolePermissions.OutboxRead) { Query = "state channel q after", Shows = ["dead"] },
        new("GET", "/admin/outbox/{id}", ConsolePermissions.OutboxRead) { Path = "/admin/outbox/{dead}" },
        new("POST", "/admin/outbox/retry", ConsolePermissions.OutboxManage)
        {
            Form = "id={dead}", Races = [new(Page("/admin/outbox/retry", "id={dead}"), Page("/admin/outbox/discard", "id={dead}"))],
        },
        new("POST", "/admin/outbox/discard", ConsolePermissions.OutboxManage)
        {
            Form = "id={dead}", Races = [new(Page("/admin/outbox/discard", "id={dead}"), new("POST", "/api/outbox/{dead}/retry"))],
        },

        new("GET", "/api/jobs", ConsolePermissions.JobsRead),
        new("PATCH", "/api/jobs/{name}", ConsolePermissions.JobsRun)
        {
            Path = "/api/jobs/{job}", Json = """{"cron":"0 0 * * * ?"}""", Optional = "cron", OfServer = true,
            Races = [new(Patch("/api/jobs/{job}", """{"cron":"0 5 * * * ?"}"""), Patch("/api/jobs/{job}", """{"cron":"0 10 * * * ?"}"""))],
        },
        new("POST", "/api/jobs/{name}/run", ConsolePermissions.JobsRun)
        {
            Path = "/api/jobs/{job}/run", Status = 202, OfServer = true,
            Races = [new(new("POST", "/api/jobs/{job}/run"), Patch("/api/jobs/{job}", """{"cron":"0 5 * * * ?"}"""))],
        },
        new("GET", "/admin/jobs", ConsolePermissions.JobsRead),
        new("GET", "/admin/jobs/{name}", ConsolePermissions.JobsRead) { Path = "/admin/jobs/{job}", OfServer = true },
        new("POST", "/admin/jobs/{name}", ConsolePermissions.JobsRun)
        {
            Path = "/admin/jobs/{job}", Form = "cron=0 0 * * * ?", OfServer = true,
            Races = [new(Page("/admin/jobs/{job}", "cron=0 5 * * * ?"), Page("/admin/jobs/{job}", "cron=0 10 * * * ?"))],
        },
        new("POST", "/admin/jobs/{name}/run", ConsolePermissions.JobsRun)
        {
            Path = "/admin/jobs/{job}/run", Form = "back=job", OfServer = true,
            Races = [new(Page("/admin/jobs/{job}/run"), Page("/admin/jobs/{job}", "cron=0 10 * * * ?"))],
        },

        new("GET", "/api/settings", ConsolePermissions.SettingsManage),
        new("PATCH", "/api/settings", ConsolePermissions.SettingsManage)
        {
            Json = """{"site_name":"Gate","time_zone":"UTC","key_alphabet":"23456789ABCDEFGHJKMNPQRSTUVWXYZ","expiring_soon_days":7,"mail":{"host":"smtp.example.com","port":587,"security":"starttls","user":"shop","password":"x","from":"shop@example.com","from_name":"Shop","reply_to":""},"sign_up":{"mode":"open","proof_of_work":true,"refused_domains":["bad.example"],"allowed_domains":[]},"notices":{"language":"zh","quiet_from":"22:00","quiet_until":"08:00"},"tickets":{"mail":"help@example.com","close_after_days":7},"receipt":{"name":"Shop Ltd","address":"1 Road","tax":"T1","note":"Thanks"},"invites":{"kind":"points","amount":"100","currency":"CNY","days":7},"anomalies":{"times":8,"day_gb":500,"quota_hours":4,"act":"slow"},"relay_moves":{"down_minutes":30},"relay_status":{"shown":true}}""",
            Optional = "site_name time_zone key_alphabet expiring_soon_days mail sign_up notices tickets receipt invites anomalies relay_moves relay_status",
            Races =
            [
                new(Patch("/api/settings", """{"site_name":"One"}"""), Patch("/api/settings", """{"expiring_soon_days":3}""")),
                new(Patch("/api/settings", """{"site_name":"One"}"""), Patch("/api/settings", """{"site_name":"Two"}""")),
            ],
        },
        new("POST", "/api/settings/mail/test", ConsolePermissions.SettingsManage) { Json = """{"to":"{new_mailbox}"}""", Leaves = true },
        new("GET", "/admin/settings", ConsolePermissions.SettingsManage),
        new("POST", "/admin/settings", ConsolePermissions.SettingsManage)
        {
            Form = AllSettings,
            Races = [new(Page("/admin/settings", AllSettings), Patch("/api/settings", """{"site_name":"Two","expiring_soon_days":3}"""))],
        },
        new("POST", "/admin/settings/mail", ConsolePermissions.SettingsManage)
        {
            Form = AllMail,
            Races = [new(Page("/admin/settings/mail", AllMail), Patch("/api/settings", """{"mail":{"host":"smtp.example.net","from":"two@example.com"}}"""))],
        },
        new("POST", "/admin/settings/notices", ConsolePermissions.SettingsManage)
        {
            Form = "notices.language=zh&notices.quiet_from=22:00&notices.quiet_until=08:00",
            Races = [new(Page("/admin/settings/notices", "notices.language=zh&notices.quiet_from=22:00&notices.quiet_until=08:00"), Patch("/api/settings", """{"site_name":"Two"}"""))],
        },
        new("POST", "/admin/settings/sign_up", ConsolePermissions.SettingsManage)
        {
            Form = "sign_up.mode=closed&sign_up.proof_of_work=true&sign_up.refused_domains=bad.example&sign_up.allowed_domains=",
            Races = [new(Page("/admin/settings/sign_up", "sign_up.mode=closed&sign_up.proof_of_work=true&sign_up.refused_domains=bad.example&sign_up.allowed_domains="), Patch("/api/settings", """{"sign_up":{"proof_of_work":false}}"""))],
        },
        new("POST", "/admin/settings/invites", ConsolePermissions.SettingsManage)
        {
            Form = "invites.kind=balance&invites.amount=10.00&invites.currency=CNY&invites.days=7",
            Races = [new(Page("/admin/settings/invites", "invites.kind=balance&invites.amount=10.00&invites.currency=CNY&invites.days=7"), Patch("/api/settings", """{"invites":{"days":3}}"""))],
        },
        new("POST", "/admin/settings/receipt", ConsolePermissions.SettingsManage)
        {
            Form = "receipt.name=Shop Ltd&receipt.address=1 Road&receipt.tax=T1&receipt.note=",
            Races = [new(Page("/admin/settings/receipt", "receipt.name=Shop Ltd&receipt.address=1 Road&receipt.tax=T1&receipt.note="), Patch("/api/settings", """{"receipt":{"note":"Thanks"}}"""))],
        },
        new("POST", "/admin/settings/tickets", ConsolePermissions.SettingsManage)
        {
            Form = "tickets.mail=help@example.com&tickets.close_after_days=7",
            Races = [new(Page("/admin/settings/tickets", "tickets.mail=help@example.com&tickets.close_after_days=7"), Patch("/api/settings", """{"tickets":{"close_after_days":3}}"""))],
        },
        new("POST", "/admin/settings/anomalies", ConsolePermissions.SettingsManage)
        {
            Form = "anomalies.times=8&anomalies.day_gb=500&anomalies.quota_hours=4&anomalies.denied=5&anomalies.act=slow",
            Races = [new(Page("/admin/settings/anomalies", "anomalies.times=8&anomalies.day_gb=500&anomalies.quota_hours=4&anomalies.denied=5&anomalies.act=slow"), Patch("/api/settings", """{"anomalies":{"times":3}}"""))],
        },
        new("POST", "/admin/settings/relay_moves", ConsolePermissions.SettingsManage)
        {
            Form = "relay_moves.down_minutes=30", Races = [new(Page("/admin/settings/relay_moves", "relay_moves.down_minutes=30"), Patch("/api/settings", """{"relay_moves":{"down_minutes":5}}"""))],
        },
        new("POST", "/admin/settings/relay_status", ConsolePermissions.SettingsManage)
        {
            Form = "relay_status.shown=true", Races = [new(Page("/admin/settings/relay_status", "relay_status.shown=true"), Patch("/api/settings", """{"site_name":"One"}"""))],
        },
        new("POST", "/admin/settings/mail/test", ConsolePermissions.SettingsManage) { Form = "to={new_mailbox}", Leaves = true },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        // Somebody who can be written to: the tenant's mail is set up, and its server takes it.
        ["new_mailbox"] = async t =>
        {
            var set = await t.Owner.PatchApi("/api/settings", new { mail = new { host = "localhost", port = (await Mailboxes.Value).Port, security = "none", user = "", from = "shop@example.com" } });
            Assert.True((int)set.Status == 200, set.ToString());
            return "wei@example.org";
        },
        // Of a topic that no handler has: what is tried again stays where it is.
        ["dead"] = async t =>
        {
            var key = t.Unique("message");
            return await t.Server.Db.Write(async s =>
            {
                await t.Server.Service<OutboxStore>().Add(s, t.Tenant, Snapshot.Topic, "secret", key);
                await s.Execute("UPDATE outbox SET dead_at = created_at, next_try_at = NULL, tries = 12, fault = 'No route' WHERE dedupe_key = @key", ("key", key));
                return (await s.One("SELECT id FROM outbox WHERE dedupe_key = @key", r => r.GetString(0), ("key", key)))!;
            });
        },
        // There is one, the whole server's: it is given back its own schedule, and left to end what it does.
        ["job"] = async t =>
        {
            const string job = "keys.expire";
            await t.Server.Db.Write(s => s.Execute("UPDATE job_states SET cron = NULL WHERE name = @job", ("job", job)));
            var owner = await t.Server.As(Role.Owner);
            await Wait.Until(async () => !(bool)(await owner.GetApi("/api/jobs"))["items"]!.AsArray().Single(j => (string?)j!["name"] == job)!["running"]!, $"{job} has ended");
            return job;
        },
    };
}
