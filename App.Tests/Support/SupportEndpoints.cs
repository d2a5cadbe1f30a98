using Gatehouse.Support.Permissions;
using Gatehouse.Tests.Endpoints;
using static Gatehouse.Tests.Endpoints.Act;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Support;

/// <summary>Announcements and help articles, over REST and as pages.</summary>
public static class SupportEndpoints
{
    private const string AnnouncementForm = "title_en={new_word}&text_en=Tonight&title_zh=维护&text_zh=今晚&severity=warning&audience=customers&starts_at=2026-03-04T08:00&ends_at=2026-03-05T08:00";
    private const string ArticleForm = "slug=&title_en={new_word}&body_en=Some *text*&title_zh=&body_zh=&position=7&published=true";

    private static readonly EndpointRow[] Announcements =
    [
        new("GET", "/api/announcements", SupportPermissions.SupportRead) { Query = "q state audience after limit", Shows = ["announcement"], Finds = ["?q={announcement_title}"] },
        new("POST", "/api/announcements", SupportPermissions.SupportWrite)
        {
            Json = """{"title_en":"{new_word}","title_zh":"维护","text_en":"Tonight","text_zh":"今晚","severity":"warning","audience":"customers","starts_at":"2026-03-04T08:00:00Z","ends_at":"2026-03-05T08:00:00Z","by_mail":false}""",
            Optional = "title_en title_zh text_en text_zh severity audience starts_at ends_at by_mail", Status = 201, Once = true,
        },
        new("GET", "/api/announcements/{id}", SupportPermissions.SupportRead) { Path = "/api/announcements/{announcement}" },
        new("PATCH", "/api/announcements/{id}", SupportPermissions.SupportWrite)
        {
            Path = "/api/announcements/{announcement}", Json = """{"title_en":"{new_word}","severity":"info","audience":"staff","ends_at":"2026-03-05T08:00:00Z","by_mail":false}""", Optional = "title_en severity audience ends_at by_mail",
            Races =
            [
                new(Patch("/api/announcements/{announcement}", """{"severity":"warning"}"""), Patch("/api/announcements/{announcement}", """{"text_zh":"今晚","title_zh":"维护"}""")),
                new(Patch("/api/announcements/{announcement}", """{"starts_at":"2026-03-06T00:00:00Z"}"""), Patch("/api/announcements/{announcement}", """{"ends_at":"2026-03-05T00:00:00Z"}""")),
            ],
        },
        new("DELETE", "/api/announcements/{id}", SupportPermissions.SupportWrite)
        {
            Path = "/api/announcements/{announcement}",
            Races =
            [
                new(Delete("/api/announcements/{announcement}"), Patch("/api/announcements/{announcement}", """{"severity":"warning"}""")),
                new(Delete("/api/announcements/{announcement}"), Delete("/api/announcements/{announcement}")),
            ],
        },
        new("GET", "/admin/announcements", SupportPermissions.SupportRead) { Query = "q state audience after", Shows = ["announcement"], Finds = ["?q={announcement_title}"] },
        new("GET", "/admin/announcements/new", SupportPermissions.SupportWrite) { Path = "/admin/announcements/new?from={announcement}", Query = "from" },
        new("POST", "/admin/announcements/new", SupportPermissions.SupportWrite) { Form = AnnouncementForm },
        new("GET", "/admin/announcements/{id}", SupportPermissions.SupportRead) { Path = "/admin/announcements/{announcement}" },
        new("POST", "/admin/announcements/{id}", SupportPermissions.SupportWrite)
        {
            Path = "/admin/announcements/{announcement}", Form = AnnouncementForm,
            Races = [new(Page("/admin/announcements/{announcement}", AnnouncementForm), Delete("/api/announcements/{announcement}"))],
        },
        new("POST", "/admin/announcements/{id}/remove", SupportPermissions.SupportWrite)
        {
            Path = "/admin/announcements/{announcement}/remove",
            Races = [new(Page("/admin/announcements/{announcement}/remove"), Patch("/api/announcements/{announcement}", """{"severity":"warning"}"""))],
        },
        new("GET", "/news", Open) { Query = "after" },
        new("POST", "/preferences/banner", Open) { Form = "banner=0123456789abcdef&return=/news" },
    ];

    private static readonly EndpointRow[] Articles =
    [
        new("GET", "/api/articles", SupportPermissions.SupportRead) { Query = "q published after limit", Shows = ["article"], Finds = ["?q={article_title}"] },
        new("POST", "/api/articles", SupportPermissions.SupportWrite)
        {
            Json = """{"slug":"{new_word}","title_en":"First steps","body_en":"Open **{{site}}** and type your key.","title_zh":"入门","body_zh":"打开 {{site}}，输入卡密。","published":true,"position":10}""",
            Optional = "slug title_en body_en title_zh body_zh published position", Status = 201, Once = true,
        },
        new("GET", "/api/articles/{id}", SupportPermissions.SupportRead) { Path = "/api/articles/{article}" },
        new("PATCH", "/api/articles/{id}", SupportPermissions.SupportWrite)
        {
            Path = "/api/articles/{article}", Json = """{"title_en":"{new_word}","body_en":"Other *text*","published":true,"position":3}""", Optional = "title_en body_en published position",
            Races =
            [
                new(Patch("/api/articles/{article}", """{"published":true}"""), Patch("/api/articles/{article}", """{"position":2}""")),
                new(Patch("/api/articles/{article}", """{"slug":"same"}"""), Patch("/api/articles/{article2}", """{"slug":"same"}""")),
            ],
        },
        new("DELETE", "/api/articles/{id}", SupportPermissions.SupportWrite)
        {
            Path = "/api/articles/{article}",
            Races =
            [
                new(Delete("/api/articles/{article}"), Patch("/api/articles/{article}", """{"position":2}""")),
                new(Delete("/api/articles/{article}"), Delete("/api/articles/{article}")),
            ],
        },
        new("GET", "/admin/articles", SupportPermissions.SupportRead) { Query = "q published after", Shows = ["article"], Finds = ["?q={article_title}"] },
        new("GET", "/admin/articles/new", SupportPermissions.SupportWrite) { Path = "/admin/articles/new?from={article}", Query = "from" },
        new("POST", "/admin/articles/new", SupportPermissions.SupportWrite) { Form = ArticleForm },
        new("GET", "/admin/articles/{id}", SupportPermissions.SupportRead) { Path = "/admin/articles/{article}" },
        new("POST", "/admin/articles/{id}", SupportPermissions.SupportWrite)
        {
            Path = "/admin/articles/{article}", Form = ArticleForm, Races = [new(Page("/admin/articles/{article}", ArticleForm), Delete("/api/articles/{article}"))],
        },
        new("POST", "/admin/articles/{id}/remove", SupportPermissions.SupportWrite)
        {
            Path = "/admin/articles/{article}/remove", Races = [new(Page("/admin/articles/{article}/remove"), Patch("/api/articles/{article}", """{"position":2}"""))],
        },
        new("GET", "/help", Open) { Query = "q after" },
        new("GET", "/help/{slug}", Open) { Path = "/help/{help_slug}" },
    ];

    public static readonly EndpointRow[] Rows = [.. Announcements, .. Articles];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        ["announcement"] = async t => (string)(await t.Owner.PostApi("/api/announcements", new { title_en = await t.Get("announcement_title"), text_en = "Be quick", severity = "info" }))["announcement"]!["id"]!,
        ["announcement_title"] = t => Task.FromResult(t.Unique("announced")),
        ["article"] = async t => await Article(t, await t.Get("article_title")),
        ["article2"] = t => Article(t, t.Unique("helped")),
        ["article_title"] = t => Task.FromResult(t.Unique("helped")),
        ["help_slug"] = async t =>
        {
            var slug = t.Unique("helped");
            await t.Owner.PostApi("/api/articles", new { slug, title_en = "First steps", body_en = "Open **{{site}}**:\n\n1. Type your key\n2. Press *Activate*\n\n| a | b |\n|--:|---|\n| 1 | `x` |", published = true });
            return slug;
        },
    };

    private static async Task<string> Article(Things t, string title) =>
        (string)(await t.Owner.PostApi("/api/articles", new { title_en = title, body_en = "Some **text** for {{site_name}}", position = 5 }))["article"]!["id"]!;
}
