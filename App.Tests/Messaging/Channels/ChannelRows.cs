using Gatehouse.Messaging.Permissions;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;
using static Gatehouse.Tests.Endpoints.Act;

namespace Gatehouse.Tests.Messaging.Channels;

/// <summary>Channels, and what comes by them.</summary>
public static class ChannelRows
{
    private const string Hook = "kind=webhook&name={new_word}&settings.url=https://example.com/hook&settings.signing_secret=s3cret&settings.old_secret=&enabled=true";

    private const string Matrix = """{"kinds":[{"kind":"jobs.failed","channels":[{"id":"{channel}","told":false}]}]}""";

    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/api/channels", MessagingPermissions.ChannelsManage) { Query = "after limit", Shows = ["channel"] },
        new("POST", "/api/channels", MessagingPermissions.ChannelsManage)
        {
            Json = """{"kind":"webhook","name":"{new_word}","enabled":true,"settings":{"url":"https://example.com/hook","signing_secret":"9f2c77b041aa"},"events":{"jobs.failed":true}}""",
            Optional = "enabled events", Status = 201, Once = true,
        },
        new("GET", "/api/channels/{id}", MessagingPermissions.ChannelsManage) { Path = "/api/channels/{channel}" },
        new("PATCH", "/api/channels/{id}", MessagingPermissions.ChannelsManage)
        {
            Path = "/api/channels/{channel}", Json = """{"name":"{new_word}","enabled":false,"settings":{"url":"https://example.com/other"},"events":{"jobs.failed":false}}""", Optional = "name enabled settings events",
            Races =
            [
                new(Patch("/api/channels/{channel}", """{"settings":{"url":"https://example.com/one"}}"""), Patch("/api/channels/{channel}", """{"settings":{"old_secret":"x"}}""")),
                new(Patch("/api/channels/{channel}", """{"events":{"jobs.failed":false}}"""), Patch("/api/channels/{channel}", """{"events":{"storage.low":false}}""")),
            ],
        },
        new("DELETE", "/api/channels/{id}", MessagingPermissions.ChannelsManage)
        {
            Path = "/api/channels/{channel}",
            Races =
            [
                new(Delete("/api/channels/{channel}"), Patch("/api/channels/{channel}", """{"enabled":false}""")),
                new(Delete("/api/channels/{channel}"), Delete("/api/channels/{channel}")),
            ],
        },
        new("POST", "/api/channels/{id}/test", MessagingPermissions.ChannelsManage) { Path = "/api/channels/{mail_channel}/test", Leaves = true },
        new("GET", "/admin/channels", MessagingPermissions.ChannelsManage) { Query = "after", Shows = ["channel"] },
        new("GET", "/admin/channels/new", MessagingPermissions.ChannelsManage) { Path = "/admin/channels/new?from={channel}", Query = "kind from" },
        new("POST", "/admin/channels/new", MessagingPermissions.ChannelsManage) { Form = Hook },
        new("GET", "/admin/channels/{id}", MessagingPermissions.ChannelsManage) { Path = "/admin/channels/{channel}" },
        new("POST", "/admin/channels/{id}", MessagingPermissions.ChannelsManage)
        {
            Path = "/admin/channels/{channel}", Form = Hook, Races = [new(Page("/admin/channels/{channel}", Hook), Patch("/api/channels/{channel}", """{"events":{"jobs.failed":false}}"""))],
        },
        new("POST", "/admin/channels/{id}/test", MessagingPermissions.ChannelsManage) { Path = "/admin/channels/{mail_channel}/test", Leaves = true },
        new("POST", "/admin/channels/{id}/remove", MessagingPermissions.ChannelsManage)
        {
            Path = "/admin/channels/{channel}/remove", Races = [new(Page("/admin/channels/{channel}/remove"), Patch("/api/channels/{channel}", """{"enabled":false}"""))],
        },
        new("GET", "/api/notices", MessagingPermissions.ChannelsManage) { Shows = ["channel"] },
        new("PATCH", "/api/notices", MessagingPermissions.ChannelsManage)
        {
            Json = Matrix, Optional = "kinds",
            Races =
            [
                new(Patch("/api/notices", Matrix), Patch("/api/channels/{channel}", """{"events":{"storage.low":false}}""")),
                new(Patch("/api/notices", Matrix), Patch("/api/notices", """{"kinds":[{"kind":"storage.low","channels":[{"id":"{channel}","told":false}]}]}""")),
            ],
        },
        new("GET", "/admin/notices", MessagingPermissions.ChannelsManage) { Shows = ["channel"] },
        new("POST", "/admin/notices", MessagingPermissions.ChannelsManage)
        {
            Form = "channel={channel}&told={channel}:jobs.failed", Races = [new(Page("/admin/notices", "channel={channel}&told={channel}:jobs.failed"), Patch("/api/channels/{channel}", """{"name":"Other"}"""))],
        },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        ["channel"] = async t => await Make(t, "webhook", new { url = "https://example.com/hook", signing_secret = "s3cret" }),
        // Its mail server is there and takes it.
        ["mail_channel"] = async t => await Make(t, "mail", new { to = await t.Get("new_mailbox") }),
    };

    private static async Task<string> Make(Things t, string kind, object settings) => (string)(await t.Owner.PostApi("/api/channels", new { kind, name = t.Unique("channel"), settings }))["channel"]!["id"]!;
}
