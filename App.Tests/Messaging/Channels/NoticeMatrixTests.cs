using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Messaging.Channels;

/// <summary>/api/notices: the matrix of kinds and channels, as the page has it.</summary>
public sealed class NoticeMatrixTests
{
    [Theory, BothEngines]
    public async Task The_matrix_is_read_and_changed_over_REST(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Owner);
        var (ops, sms) = (await Make("mail", new { to = "ops@example.com" }), await Make("sms_twilio", new { account_sid = "AC1", auth_token = "t", from = "MG1", phone = "+12025550123" }));
        await http.PatchApi("/api/settings", new { notices = new { quiet_from = "22:00", quiet_until = "07:00", language = "zh" } });
        var told = (await http.GetApi("/api/notices"))["notices"]!;
        Assert.Equal(("22:00", "07:00", "zh", 300), ((string?)told["quiet_from"], (string?)told["quiet_until"], (string?)told["language"], (int)told["merged_seconds"]!));
        Assert.Equal(["staff.owner", "security.bad", "security.warn", "jobs.failed", "storage.low"], told["kinds"]!.AsArray().Select(k => (string)k!["kind"]!).Take(5));
        Assert.Equal(("warn", "A job failed", true, false), Of(told, "jobs.failed"));
        Assert.Equal(("bad", "Little room on the disk", true, true), Of(told, "storage.low"));

        told = (await http.PatchApi("/api/notices", Body(("jobs.failed", ops, false), ("jobs.failed", sms, true), ("storage.low", sms, false))))["notices"]!;
        Assert.Equal((false, true), (Of(told, "jobs.failed").Told, Of(told, "jobs.failed").ToldBySms));
        Assert.Equal((true, false), (Of(told, "storage.low").Told, Of(told, "storage.low").ToldBySms));
        // What is not named stays, and what is refused changes nothing.
        told = (await http.PatchApi("/api/notices", Body(("jobs.failed", ops, true))))["notices"]!;
        Assert.Equal((true, true), (Of(told, "jobs.failed").Told, Of(told, "jobs.failed").ToldBySms));
        (await http.PatchApi("/api/notices", Body(("jobs.failed", ops, false), ("account.password", ops, false)))).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "kinds");
        (await http.PatchApi("/api/notices", Body(("jobs.failed", ops, false), ("jobs.failed", "nothing", false)))).IsProblem(HttpStatusCode.NotFound, "NO_SUCH_CHANNEL");
        Assert.True(Of((await http.GetApi("/api/notices"))["notices"]!, "jobs.failed").Told);
        Assert.Equal(3, (await http.GetApi("/api/audit?action=channel.changed"))["items"]!.AsArray().Count);

        async Task<string> Make(string kind, object settings) => (string)(await http.PostApi("/api/channels", new { kind, name = kind, settings }))["channel"]!["id"]!;
        (string Severity, string Title, bool Told, bool ToldBySms) Of(JsonNode notices, string kind)
        {
            var row = notices["kinds"]!.AsArray().Single(k => (string)k!["kind"]! == kind)!;
            return ((string)row["severity"]!, (string)row["title"]!, By(row, ops), By(row, sms));
        }
    }

    private static bool By(JsonNode row, string channel) => (bool)row["channels"]!.AsArray().Single(c => (string)c!["id"]! == channel)!["told"]!;

    private static JsonObject Body(params (string Kind, string Channel, bool Told)[] choices) =>
        new() { ["kinds"] = new JsonArray([.. choices.Select(c => new JsonObject { ["kind"] = c.Kind, ["channels"] = new JsonArray(new JsonObject { ["id"] = c.Channel, ["told"] = c.Told }) })]) };
}
