using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Licensing;

namespace Gatehouse.Tests.Support.Announcements;

/// <summary>/api/announcements.</summary>
public sealed class AnnouncementApiTests
{
    private static readonly string[] Fields = ["id", "title_en", "title_zh", "text_en", "text_zh", "severity", "audience", "starts_at", "ends_at", "by_mail", "mailed_at", "mails", "state", "created_at", "updated_at"];

    [Theory, BothEngines]
    public async Task An_announcement_is_made_read_changed_and_deleted(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Operator);
        var made = await http.PostApi("/api/announcements", new { title_en = " Tonight ", title_zh = "今晚", text_en = "One\nTwo", severity = "warning", audience = "customers", starts_at = "2026-03-03T10:00:00+02:00", ends_at = (string?)null });
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var body = made["announcement"]!;
        Assert.Equal(Fields, body.Names());
        Assert.Equal(("Tonight", "One\nTwo", "warning", "customers", "2026-03-03T08:00:00.000Z", null, "current"), ((string)body["title_en"]!, (string)body["text_en"]!, (string)body["severity"]!, (string)body["audience"]!,
            (string?)body["starts_at"], (string?)body["ends_at"], (string)body["state"]!));
        var path = "/api/announcements/" + (string)body["id"]!;
        Assert.Equal(body.ToJsonString(), (await http.GetApi(path))["announcement"]!.ToJsonString());

        var changed = await http.PatchApi(path, new { ends_at = "2026-03-09T00:00:00Z", severity = "info" });
        Assert.Equal(("info", "2026-03-09T00:00:00.000Z", "2026-03-03T08:00:00.000Z"), ((string?)changed["announcement"]!["severity"], (string?)changed["announcement"]!["ends_at"], (string?)changed["announcement"]!["starts_at"]));
        // Null takes the end away again.
        Assert.Null((await http.PatchApi(path, new { ends_at = (string?)null }))["announcement"]!["ends_at"]);

        Assert.Equal(["success", "id"], (await http.DeleteApi(path)).Body.Names());
        foreach (var gone in new[] { await http.GetApi(path), await http.PatchApi(path, new { severity = "info" }), await http.DeleteApi(path) })
            gone.IsProblem(HttpStatusCode.NotFound, "NO_SUCH_ANNOUNCEMENT");
        var audit = (await (await server.As(Role.Admin)).GetApi("/api/audit?action=announcement")).Items();
        Assert.Equal(["announcement.deleted", "announcement.changed", "announcement.changed", "announcement.created"], audit.Select(e => (string?)e!["action"]));
    }

    [Theory, BothEngines]
    public async Task State_is_that_of_the_moment(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Operator);
        var now = server.Clock.GetUtcNow();
        await http.PostApi("/api/announcements", new { title_en = "always" });
        await http.PostApi("/api/announcements", new { title_en = "soon", starts_at = now.AddHours(1), ends_at = now.AddHours(2) });
        await http.PostApi("/api/announcements", new { title_en = "ending", ends_at = now.AddHours(1) });
        await States("current upcoming current", "ending always", "soon", "");
        // To the millisecond: it begins at its beginning and is over at its end.
        server.Clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromMilliseconds(1));
        await States("current upcoming current", "ending always", "soon", "");
        server.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await States("past current current", "soon always", "", "ending");
        server.Clock.Advance(TimeSpan.FromHours(1));
        await States("past past current", "always", "", "ending soon");

        async Task States(string all, string current, string upcoming, string past)
        {
            Assert.Equal(all, string.Join(' ', (await http.GetApi("/api/announcements")).Items().Select(a => (string)a!["state"]!)));
            foreach (var (state, expected) in new[] { ("current", current), ("upcoming", upcoming), ("past", past) })
                Assert.Equal(expected, string.Join(' ', (await http.GetApi("/api/announcements?state=" + state)).Items().Select(a => (string)a!["title_en"]!)));
        }
    }

    [Theory, BothEngines]
    public async Task The_list_is_searched_filtered_and_walked_by_pages(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Operator);
        foreach (var (title, audience) in new[] { ("Ärger", "staff"), ("Sale", "customers"), ("维护公告", "everyone") })
            await http.PostApi("/api/announcements", new { title_zh = title, audience });
        Assert.Equal("Ärger", await Found("q=ärg"));
        Assert.Equal("维护公告", await Found("q=维护"));
        Assert.Equal("Sale", await Found("audience=customers"));
        var first = await http.GetApi("/api/announcements?limit=2");
        Assert.Equal(["维护公告", "Sale"], first.Items().Select(a => (string?)a!["title_zh"]));
        Assert.Equal("Ärger", await Found($"limit=2&after={first["next"]}"));
        foreach (var (query, field) in new[] { ("state=gone", "state"), ("audience=me", "audience"), ("after=?", "after"), ("limit=0", "limit") })
            (await http.GetApi("/api/announcements?" + query)).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", field);

        async Task<string> Found(string query) => string.Join(' ', (await http.GetApi("/api/announcements?" + query)).Items().Select(a => (string)a!["title_zh"]!));
    }

    [Fact]
    public async Task What_cannot_be_is_told_by_field()
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Operator);
        foreach (var (body, field) in new (object, string)[]
                 {
                     (new { }, "title_en"), (new { title_en = " " }, "title_en"), (new { text_en = "x", title_zh = "y" }, "title_en"), (new { title_en = "x", text_zh = "y" }, "title_zh"),
                     (new { title_en = new string('x', 121) }, "title_en"), (new { title_en = "x", text_en = new string('x', 2001) }, "text_en"), (new { title_en = "x", severity = "loud" }, "severity"),
                     (new { title_en = "x", audience = "me" }, "audience"), (new { title_en = "x", starts_at = "tomorrow" }, "starts_at"), (new { title_en = "x", starts_at = 5 }, "starts_at"),
                     (new { title_en = "x", starts_at = "1969-01-01T00:00:00Z" }, "starts_at"), (new { title_en = "x", starts_at = "2026-03-05T00:00:00Z", ends_at = "2026-03-05T00:00:00Z" }, "ends_at"),
                     (new { title_en = "x", state = "past" }, "state"), (new { title_en = "x", colour = "red" }, "colour"),
                 })
            (await http.PostApi("/api/announcements", body)).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", field);
        Assert.Empty((await http.GetApi("/api/announcements")).Items());
    }
}
