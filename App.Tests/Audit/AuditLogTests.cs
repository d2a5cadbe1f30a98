using System.Net;
using System.Text.Json;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Audit;

/// <summary>Searching, showing and exporting the audit log.</summary>
public sealed class AuditLogTests
{
    private static readonly Caller Wei = Caller.System with { Kind = "staff", Id = "1", Name = "Wei Li", Ip = "203.0.113.7" };
    private static readonly Caller Zoe = Caller.System with { Kind = "token", Id = "2", Name = "100%_Zoë", Ip = "2001:db8::1" };

    private static async Task Fill(TestDatabase test, FakeClock clock)
    {
        var (db, audit) = (test.Database, test.Audit.Writer(clock));
        Task Add(Caller who, string action, string id, string name, string? before = null, string? after = null, string? reason = null)
        {
            clock.Advance(TimeSpan.FromHours(1));
            return db.Write(async s =>
            {
                await audit.Write(s, who, action, new AuditTarget("plan", id, name), before, after, reason);
                return true;
            });
        }
        await Add(Wei, "plan.created", "p1", "Pro", after: """{"name":"Pro","price":100}""");
        await Add(Wei, "plan.changed", "p1", "Pro", """{"name":"Pro","price":100}""", """{"name":"Pro","price":200}""", "dearer");
        await Add(Zoe, "plan.created", "p2", "=cmd()", after: """{"name":"=cmd()"}""");
        await Add(Zoe, "planet.moved", "p3", "Mars");
        await Add(Wei with { TenantId = "other" }, "plan.created", "p9", "Theirs");
    }

    private static async Task<string> Found(Database db, AuditQuery query) =>
        string.Join(' ', (await db.Read(s => AuditStore.Find(s, Caller.DefaultTenant, query, null, 50))).Items.Select(e => e.Seq));

    [Theory, BothEngines]
    public async Task Each_filter_finds_its_own_and_never_another_tenants(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        await test.Database.Write(s => s.Execute("INSERT INTO tenants (id, name, created_at) VALUES ('other', 'other', 0)"));
        var clock = new FakeClock();
        var start = clock.Now;
        await Fill(test, clock);
        (AuditQuery Query, string Expected)[] rows =
        [
            (new(), "4 3 2 1"), (new(Actor: "wei"), "2 1"), (new(Actor: "%"), "4 3"), (new(Actor: "_"), "4 3"), (new(Actor: "nobody"), ""),
            (new(Action: "plan.created"), "3 1"), (new(Action: "plan"), "3 2 1"), (new(Action: "pla"), ""), (new(Action: "plan%"), ""),
            (new(Target: "p1"), "2 1"), (new(Target: "pro"), "2 1"), (new(Target: "MARS"), "4"), (new(Text: "dearer"), "2"), (new(Text: "\"price\":200"), "2"),
            (new(Text: "203.0.113"), "2 1"), (new(Text: "\\"), ""), (new(Text: "' OR 1=1 --"), ""), (new(Text: "theirs"), ""),
            (new(From: start + 7_200_000), "4 3 2"), (new(To: start + 7_200_000), "1"), (new(From: start + 7_200_000, To: start + 7_200_001), "2"), (new(Actor: "wei", Action: "plan.changed", Text: "dearer"), "2"),
        ];
        foreach (var (query, expected) in rows)
            Assert.True(expected == await Found(test.Database, query), $"{query}: {await Found(test.Database, query)}");
        Assert.Equal(["plan.changed", "plan.created", "planet.moved"], await test.Database.Read(s => AuditStore.Actions(s, Caller.DefaultTenant)));
    }

    [Theory, BothEngines]
    public async Task Pages_follow_each_other_without_gap_or_double(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var audit = test.Audit.Writer();
        await test.Database.Write(async s =>
        {
            for (var i = 0; i < 25; i++)
                await audit.Write(s, Wei, "plan.created", new AuditTarget("plan", $"{i}", $"{i}"));
            return true;
        });
        var seen = new List<long>();
        for (string? after = null; ;)
        {
            var page = await test.Database.Read(s => AuditStore.Find(s, Caller.DefaultTenant, new(), after, 10));
            seen.AddRange(page.Items.Select(e => e.Seq));
            if ((after = page.Next) is null)
                break;
        }
        Assert.Equal(Enumerable.Range(1, 25).Reverse().Select(i => (long)i), seen);
    }

    [Fact]
    public async Task The_api_names_what_is_wrong_with_a_search()
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Analyst);
        foreach (var (query, field) in new[] { ("from=soon", "from"), ("to=2026-13-01", "to"), ("limit=0", "limit"), ("after=!!", "after"), ("after=AAAA", "after"), ("q=" + new string('x', 201), "q"), ("actor=a%00b", "actor") })
        {
            var answer = await http.GetApi("/api/audit?" + query);
            Assert.True(answer.Status == HttpStatusCode.UnprocessableEntity && answer.Error(field) is not null, $"{query}: {answer}");
        }
        Assert.Equal("VALIDATION_FAILED", (await http.GetApi("/api/audit/export?format=xml")).Code);
    }

    [Fact]
    public async Task A_row_that_somebody_has_spoilt_is_told_as_it_stands_and_hides_no_other()
    {
        await using var server = await TestServer.Start();
        await server.Staff.Tenant("other");
        await Fill(server.Storage, server.Clock);
        await server.Db.Write(s => s.Execute("UPDATE audit_entries SET before_json = '{\"price\": \\', after_json = '' WHERE seq = 2"));
        var http = await server.As(Role.Analyst);
        var rows = (await http.GetApi("/api/audit?action=plan"))["items"]!.AsArray();
        Assert.Equal(["{\"price\": \\", ""], new[] { "before", "after" }.Select(side => (string?)rows.Single(r => (long)r!["seq"]! == 2)![side]));
        Assert.Equal(100, (int)rows.Single(r => (long)r!["seq"]! == 1)!["after"]!["price"]!);
        Assert.Contains("dearer", (await http.GetApi("/api/audit/export?action=plan")).Text);
        Assert.Equal(HttpStatusCode.OK, (await (await server.SignedIn(Role.Analyst)).Get("/admin/audit")).Status);
    }

    [Fact]
    public async Task An_export_holds_everything_in_files_that_spreadsheets_and_programs_read()
    {
        await using var server = await TestServer.Start();
        await server.Staff.Tenant("other");
        await Fill(server.Storage, server.Clock);
        await server.Db.Write(async s =>
        {
            for (var i = 0; i < 1100; i++)
                await server.Service<AuditWriter>().Write(s, Wei, "plan.created", new AuditTarget("plan", $"n{i}", $"+{i}"));
            return true;
        });
        var http = await server.As(Role.Analyst);
        var csv = await http.GetApi("/api/audit/export?format=csv&to=2099-01-01T00:00:00Z");
        Assert.Equal("text/csv", csv.ContentHeaders.ContentType!.MediaType);
        Assert.Matches(@"^audit-\d{8}-\d{6}\.csv$", csv.ContentHeaders.ContentDisposition!.FileName!.Trim('"'));
        var lines = csv.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(1 + 1104, lines.Length);
        Assert.Contains(",'=cmd(),", csv.Text);
        Assert.Contains(",'+7,", csv.Text);
        Assert.DoesNotContain(",=", csv.Text);
        Assert.Contains("\"{\"\"name\"\":\"\"Pro\"\",\"\"price\"\":200}\"", csv.Text);
        var jsonl = (await http.GetApi("/api/audit/export?action=plan.changed")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var row = JsonDocument.Parse(Assert.Single(jsonl)).RootElement;
        Assert.Equal(("Wei Li", 200, "dearer"), (row.GetProperty("actor").GetString(), row.GetProperty("after").GetProperty("price").GetInt32(), row.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task The_page_shows_who_did_what_and_the_difference()
    {
        await using var server = await TestServer.Start();
        await server.Staff.Tenant("other");
        await Fill(server.Storage, server.Clock);
        var browser = await server.SignedIn(Role.Analyst);
        var page = await browser.Get("/admin/audit?action=plan.changed");
        Assert.Equal(HttpStatusCode.OK, page.Status);
        var row = page.One("main details");
        Assert.Contains("Wei Li", row.TextContent);
        Assert.Equal("100", row.QuerySelector("del")!.TextContent);
        Assert.Equal("200", row.QuerySelector("ins")!.TextContent);
        Assert.Contains("/admin/audit/export?action=plan.changed&format=csv", page.Html.Replace("&amp;", "&"));
        Assert.Contains("has not been checked yet", page.Text);
        Assert.Contains("Nothing fits", (await browser.Get("/admin/audit?q=zzz")).Text);
        // A day of the site's time zone, both ends included.
        Assert.Equal(4, (await browser.Get("/admin/audit?from=2026-03-04&to=2026-03-04")).Document.QuerySelectorAll("main details").Length);
        Assert.Empty((await browser.Get("/admin/audit?from=2026-03-05")).Document.QuerySelectorAll("main details"));
    }

    [Fact]
    public void A_difference_goes_field_by_field()
    {
        static IReadOnlyList<FieldChange> Of(string? before, string? after) =>
            AuditDiff.Of(new AuditEntry(1, "t", 0, "staff", null, "n", null, "a", new AuditTarget("k", "i", "n"), before, after, null, ""));
        Assert.Equal([new("a", "1", "1"), new("b.c", "x", "y"), new("d", null, "[1]")], Of("""{"a":1,"b":{"c":"x"}}""", """{"a":1,"b":{"c":"y"},"d":[1]}"""));
        Assert.Equal([new("a", null, "")], Of(null, """{"a":""}"""));
        Assert.Equal([new("", "not json", null)], Of("not json", null));
        Assert.Empty(Of(null, null));
    }
}
