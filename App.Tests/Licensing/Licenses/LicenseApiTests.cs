using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Licenses;

/// <summary>/api/keys and what belongs to it, field by field.</summary>
public sealed class LicenseApiTests
{
    private static readonly string[] KeyFields =
        ["key", "status", "plan", "plan_id", "batch_id", "batch", "prefix", "note", "created_at", "used_at", "expire_at", "remaining_seconds", "machine_count"];

    [Theory, BothEngines]
    public async Task Generate_answers_with_the_keys(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Operator);
        var plan = await (await server.As(Role.Admin)).Plan();
        var answer = await http.PostApi("/api/keys/generate", new { plan, prefix = "gold", count = 3, length = 8, note = "March" });
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(["success", "batch_id", "count", "keys"], answer.Body.Names());
        Assert.Equal(3, (long)answer["count"]!);
        Assert.All(answer["keys"]!.AsArray(), k => Assert.Matches("^GOLD-[2-9A-Z]{8}$", (string)k!));
        (await http.PostApi("/api/keys/generate", new { plan, prefix = "-", count = 0, length = 99 })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "count", "length", "prefix");
        (await http.PostApi("/api/keys/generate", new { plan = "none", count = 1 })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "plan");
        (await http.PostApi("/api/keys/generate", new { count = 1 })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "plan");
    }

    [Theory, BothEngines]
    public async Task A_batch_sent_many_times_with_one_idempotency_key_exists_once(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var plan = await (await server.As(Role.Admin)).Plan();
        var http = await server.As(Role.Operator);
        var body = new { plan, count = 50 };
        var first = await http.PostApi("/api/keys/generate", body, "batch-1");
        var again = await http.PostApi("/api/keys/generate", body, "batch-1");
        Assert.Equal(first.Text, again.Text);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => http.PostApi("/api/keys/generate", body, "batch-2")));
        Assert.Single(answers.Select(a => a.Text).Distinct());
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.Status));
        Assert.Equal((100, 2), ((int)await Number(server, "SELECT COUNT(*) FROM licenses"), (int)await Number(server, "SELECT COUNT(*) FROM batches")));
        (await http.PostApi("/api/keys/generate", new { plan, count = 51 }, "batch-2")).IsProblem(HttpStatusCode.UnprocessableEntity, "IDEMPOTENCY_REUSED");
    }

    private static Task<long> Number(TestServer server, string sql) => server.Db.Read(s => s.Number(sql));

    [Theory, BothEngines]
    public async Task A_list_is_paged_and_filtered(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Admin);
        var keys = await http.Keys(await http.Plan(), 7);
        await server.Validate(keys[0]);
        var page = await http.GetApi("/api/keys?limit=3");
        Assert.Equal(["success", "items", "next"], page.Body.Names());
        Assert.Equal(KeyFields, page.Items().First().Names());
        var seen = page.Items().Select(k => (string)k!["key"]!).ToList();
        while ((string?)page["next"] is { } next)
        {
            page = await http.GetApi("/api/keys?limit=3&after=" + next);
            seen.AddRange(page.Items().Select(k => (string)k!["key"]!));
        }
        Assert.Equal(Enumerable.Reverse(keys), seen);
        Assert.Equal(keys[0], (string?)Assert.Single((await http.GetApi("/api/keys?status=active")).Items())!["key"]);
        Assert.Equal(keys[3], (string?)Assert.Single((await http.GetApi("/api/keys?q=" + keys[3].ToLowerInvariant())).Items())!["key"]);
        Assert.Empty((await http.GetApi("/api/keys?prefix=nope")).Items());
        foreach (var (query, field) in new[] { ("status=gone", "status"), ("limit=0", "limit"), ("limit=501", "limit"), ("limit=x", "limit"), ("after=%21", "after"), ("q=" + new string('x', 201), "q") })
            (await http.GetApi("/api/keys?" + query)).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", field);
    }

    [Theory, BothEngines]
    public async Task One_key_comes_with_machines_and_history_and_is_changed(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Admin);
        var key = (await http.Keys(await http.Plan(), 1))[0];
        await server.Validate(key);
        await http.Plan("Pro");
        var changed = await http.PatchApi("/api/keys/" + key, new { plan = "Pro", note = "hers", action = "extend", seconds = 60 });
        Assert.Equal(HttpStatusCode.OK, changed.Status);
        var view = (await http.GetApi("/api/keys/" + key.ToLowerInvariant()))["key"]!;
        Assert.Equal([.. KeyFields, "machines", "history"], view.Names());
        Assert.Equal(("Pro", "hers", 86_460L, 1L), ((string)view["plan"]!, (string)view["note"]!, (long)view["remaining_seconds"]!, (long)view["machine_count"]!));
        Assert.Equal(["machine_code", "bound_at", "ip"], view["machines"]![0].Names());
        Assert.Equal(["at", "kind", "actor", "ip", "detail"], view["history"]![0].Names());
        Assert.Equal(["extended", "note", "plan", "activated"], view["history"]!.AsArray().Select(e => (string)e!["kind"]!));

        (await http.PatchApi("/api/keys/" + key, new { note = "kept?", action = "reinstate" })).IsProblem(HttpStatusCode.Conflict, "NOT_SUSPENDED");
        Assert.Equal("hers", (string?)(await http.GetApi("/api/keys/" + key))["key"]!["note"]);
        (await http.PatchApi("/api/keys/" + key, new { })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "action");
        (await http.PatchApi("/api/keys/" + key, new { action = "delete" })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "action");
        (await http.PatchApi("/api/keys/NOSUCHKEY", new { action = "suspend" })).IsProblem(HttpStatusCode.NotFound, "KEY_NOT_FOUND");
        (await http.DeleteApi("/api/keys/" + key)).IsProblem(HttpStatusCode.Conflict, "NOT_UNUSED");
        var unused = (await http.Keys("Pro", 1))[0];
        var deleted = await http.DeleteApi("/api/keys/" + unused);
        Assert.Equal((HttpStatusCode.OK, unused), (deleted.Status, (string?)deleted["key"]));
        (await http.GetApi("/api/keys/" + unused)).IsProblem(HttpStatusCode.NotFound, "KEY_NOT_FOUND");
    }

    [Theory, BothEngines]
    public async Task Bulk_takes_keys_or_a_filter(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Operator);
        var keys = await http.Keys(await (await server.As(Role.Admin)).Plan(), 4);
        var done = await http.PostApi("/api/keys/bulk", new { action = "suspend", keys = keys[..2], reason = "test" });
        Assert.Equal(["success", "matched", "changed", "skipped"], done.Body.Names());
        Assert.Equal((2L, 2L), ((long)done["matched"]!, (long)done["changed"]!));
        var rest = await http.PostApi("/api/keys/bulk", new { action = "suspend", filter = new { prefix = "vip" } });
        Assert.Equal((4L, 2L), ((long)rest["matched"]!, (long)rest["changed"]!));
        Assert.Equal(["key", "code"], rest["skipped"]![0].Names());
        foreach (var (body, field) in new (object, string)[]
                 {
                     (new { action = "suspend" }, "keys"), (new { action = "suspend", keys, filter = new { } }, "keys"), (new { action = "dance", keys }, "action"),
                     (new { action = "suspend", keys = new[] { "NOSUCHKEY" } }, "keys"), (new { action = "suspend", filter = new { status = "x" } }, "status"), (new { keys }, "action"),
                 })
            (await http.PostApi("/api/keys/bulk", body)).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", field);
    }

    [Theory, BothEngines]
    public async Task An_action_with_its_own_field_is_done_once(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Admin);
        var plan = await http.Plan();
        var other = await http.MakePlan("Other");
        var keys = await http.Keys(plan, 3);
        foreach (var (key, body) in new (string, object)[]
                 {
                     (keys[0], new { action = "plan", plan = other }), (keys[1], new { action = "note", note = "once" }), (keys[2], new { action = "prefix", prefix = "ONCE" }),
                 })
        {
            var answer = await http.PatchApi("/api/keys/" + key, body);
            Assert.True(answer.Status == HttpStatusCode.OK, answer.ToString());
            Assert.Single(answer["key"]!["history"]!.AsArray());
        }
        // With another action's field both are done, each once.
        var both = await http.PatchApi("/api/keys/" + keys[0], new { action = "suspend", note = "and this" });
        Assert.Equal(["note", "plan", "suspended"], both["key"]!["history"]!.AsArray().Select(e => (string)e!["kind"]!).Order());
    }

    [Theory, BothEngines]
    public async Task Import_says_by_line_what_is_wrong_before_it_stores(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Admin);
        var plan = await http.Plan();
        var taken = (await http.Keys(plan, 1))[0];
        var dry = await http.PostApi("/api/keys/import", new { plan, content = $"OLD-1\n?\nOLD-1\n{taken}", format = "txt", dry_run = true });
        Assert.Equal(["success", "dry_run", "count", "batch_id", "errors"], dry.Body.Names());
        Assert.Equal([2, 3, 4], dry["errors"]!.AsArray().Select(e => (int)e!["line"]!));
        Assert.Equal(["line", "key", "message"], dry["errors"]![0].Names());
        (await http.PostApi("/api/keys/import", new { plan, content = "OLD-1\n?" })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "content");
        (await http.PostApi("/api/keys/import", new { plan, content = "" })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "content");
        (await http.PostApi("/api/keys/import", new { plan, content = "OLD-1", format = "xml" })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "format");
        var stored = await http.PostApi("/api/keys/import", new { plan, content = "key,note\nOLD-1,first\nOLD-2,", format = "csv", note = "old shop" });
        Assert.Equal((2L, false), ((long)stored["count"]!, (bool)stored["dry_run"]!));
        var batch = Assert.Single((await http.GetApi("/api/batches?limit=1")).Items());
        Assert.Equal(["id", "name", "plan", "plan_id", "source", "prefix", "count", "created_by", "created_at"], batch.Names());
        Assert.Equal(((string)stored["batch_id"]!, "old shop", "imported"), ((string)batch!["id"]!, (string)batch["name"]!, (string)batch["source"]!));
    }

    [Theory, BothEngines]
    public async Task A_dry_run_says_what_is_wrong_with_the_plan(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Admin);
        var off = await http.Plan();
        await http.PatchApi("/api/plans/" + off, new { enabled = false });
        foreach (var plan in new[] { off, "no such plan" })
            foreach (var dry in new[] { true, false })
                (await http.PostApi("/api/keys/import", new { plan, content = "OLD-1", dry_run = dry })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "plan");
    }

    [Theory, BothEngines]
    public async Task A_filter_that_comes_to_nothing_is_not_every_key(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Admin);
        await http.Keys(await http.Plan(), 3);
        foreach (var filter in new object[] { new { prefix = "" }, new { q = "\u200b" }, new { batch = "", status = "unused" }, new { plan = "" }, new { status = "" } })
            (await http.PostApi("/api/keys/bulk", new { action = "revoke", filter })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "filter");
        Assert.Equal(3, (await http.GetApi("/api/keys?status=unused")).Items().Count());
        Assert.Equal(0, (long)(await http.PostApi("/api/keys/bulk", new { action = "revoke", filter = new { prefix = "\"\"" } }))["matched"]!);
        Assert.Empty((await http.GetApi("/api/keys?prefix=%22%22")).Items());
        Assert.Equal("", (await http.GetApi("/api/keys/export?prefix=%22")).Text);
        Assert.Equal(3, (long)(await http.PostApi("/api/keys/bulk", new { action = "revoke", filter = new { } }))["changed"]!);
    }

    [Theory, BothEngines]
    public async Task A_file_that_names_plans_needs_none(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Admin);
        await http.MakePlan("VIP");
        await http.MakePlan("Pro");
        const string content = "key,plan,note,status,used_at,expire_at,machines\nOLD-1,VIP,a;b,active,2026-03-01T00:00:00.000Z,2027-03-01T00:00:00.000Z,1\nOLD-2,Pro,,,,,\nOLD-3,VIP,,unused,,,\n";
        var dry = await http.PostApi("/api/keys/import", new { content, format = "csv", dry_run = true });
        Assert.Equal(("[]", "[\"machines\"]"), (dry["errors"]!.ToJsonString(), dry["not_read"]!.ToJsonString()));
        var stored = await http.PostApi("/api/keys/import", new { content, format = "csv" });
        Assert.Equal(((long)3, 2, (string)stored["batch_id"]!), ((long)stored["count"]!, stored["batch_ids"]!.AsArray().Count, (string)stored["batch_ids"]![0]!));
        var key = (await http.GetApi("/api/keys/OLD-1"))["key"]!;
        Assert.Equal(("active", "VIP", "a;b", "2026-03-01T00:00:00.000Z", "2027-03-01T00:00:00.000Z"),
            ((string)key["status"]!, (string)key["plan"]!, (string)key["note"]!, (string)key["used_at"]!, (string)key["expire_at"]!));
        Assert.Equal("Imported with its state and times", Localizer.For("en")["event." + (string)key["history"]![0]!["kind"]!]);

        var wrong = await http.PostApi("/api/keys/import", new { content = "key,plan\nNEW-1,VIP\nNEW-2,Nix\nNEW-3,", format = "csv", dry_run = true });
        Assert.Equal([3, 4], wrong["errors"]!.AsArray().Select(e => (int)e!["line"]!));
        (await http.PostApi("/api/keys/import", new { content = "key,plan\nNEW-1,VIP\nNEW-2,Nix", format = "csv" })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "content");
        (await http.PostApi("/api/keys/import", new { content = "NEW-1" })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "plan");
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetApi("/api/keys/NEW-1")).Status);
    }

    [Theory]
    [InlineData("txt", "text/plain")]
    [InlineData("csv", "text/csv")]
    [InlineData("jsonl", "application/x-ndjson")]
    public async Task An_export_is_a_file_with_the_time_in_its_name(string format, string type)
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Analyst);
        var admin = await server.As(Role.Admin);
        var keys = await admin.Keys(await admin.Plan(), 3);
        await server.Validate(keys[0]);
        var answer = await http.GetApi($"/api/keys/export?status=unused&format={format}");
        Assert.StartsWith(type, answer.ContentHeaders.ContentType!.ToString());
        Assert.Equal($"attachment; filename=\"keys-20260304-093000.{format}\"", answer.ContentHeaders.GetValues("Content-Disposition").Single());
        Assert.DoesNotContain(keys[0], answer.Text);
        Assert.Contains(keys[1], answer.Text);
        (await http.GetApi("/api/keys/export?format=xls")).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "format");
    }

    [Fact]
    public async Task Statistics_have_their_fields()
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Admin);
        var keys = await http.Keys(await http.Plan(), 3);
        await server.Validate(keys[0]);
        var answer = await (await server.As(Role.Analyst)).GetApi("/api/statistics/keys");
        Assert.Equal(["success", "total", "by_status", "by_plan", "activations24h", "activations30d", "activations_by_hour", "activations_by_day", "expiring_soon", "counted_at"], answer.Body.Names());
        Assert.Equal("""{"unused":2,"active":1,"expired":0,"suspended":0,"revoked":0}""", answer["by_status"]!.ToJsonString());
        Assert.Equal((1L, 1L, 1L), ((long)answer["activations24h"]!, (long)answer["activations30d"]!, (long)answer["expiring_soon"]!));
    }
}
