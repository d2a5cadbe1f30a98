using Gatehouse.Accounts.MyChannels;
using Gatehouse.Messaging.Channels;
using Gatehouse.Platform.Crypto;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;
using static Gatehouse.Tests.Endpoints.Act;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Accounts;

/// <summary>Customers' own channels.</summary>
public static class MyChannelRows
{
    private const string Api = "/api/user/channels/{own_channel}";

    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/api/user/channels", Customer) { Shows = ["own_channel_name"] },
        new("PATCH", "/api/user/channels/{id}", Customer)
        {
            Path = Api, Json = """{"enabled":false,"events":{"account.sign_in":false}}""", Optional = "enabled events",
            Races =
            [
                new(Patch(Api, """{"events":{"account.sign_in":false}}"""), Patch(Api, """{"events":{"account.password":false}}""")),
                new(Patch(Api, """{"enabled":false}"""), Page("/account/channels/{own_channel}", "told=account.sign_in&enabled=true")),
            ],
        },
        new("GET", "/account/channels", Customer) { Shows = ["own_channel_name"] },
        new("GET", "/account/channels/new", Customer) { Query = "kind" },
        new("POST", "/account/channels/new", Customer) { Form = "kind=webhook&name={new_word}&settings.url=https://gatehouse.invalid/hook&settings.signing_secret=s3cret&settings.old_secret=" },
        new("GET", "/account/channels/{id}", Customer) { Path = "/account/channels/{own_channel}" },
        new("POST", "/account/channels/{id}", Customer)
        {
            Path = "/account/channels/{own_channel}", Form = "told=account.sign_in&enabled=true",
            Races = [new(Page("/account/channels/{own_channel}", "told=account.sign_in&enabled=true"), Page("/account/channels/{own_channel}/remove"))],
        },
        new("POST", "/account/channels/{id}/send", Customer)
        {
            Path = "/account/channels/{waiting_channel}/send", Races = [new(Page("/account/channels/{waiting_channel}/send"), Page("/account/channels/{waiting_channel}/remove")) { Rounds = 5 }],
        },
        new("POST", "/account/channels/{id}/code", Customer)
        {
            Path = "/account/channels/{waiting_channel}/code", Form = "code=123456",
            Races = [new(Page("/account/channels/{waiting_channel}/code", "code=123456"), Page("/account/channels/{waiting_channel}/remove"))],
        },
        new("POST", "/account/channels/{id}/remove", Customer)
        {
            Path = "/account/channels/{own_channel}/remove", Races = [new(Page("/account/channels/{own_channel}/remove"), Page("/account/channels/{own_channel}/remove"))],
        },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        ["own_channel"] = async t => await Insert(t.Server, t.Tenant, t.Account, await t.Get("own_channel_name"), true),
        ["own_channel_name"] = async t =>
        {
            var name = t.Unique("mine");
            t.Use("own_channel", await Insert(t.Server, t.Tenant, t.Account, name, true));
            return name;
        },
        ["waiting_channel"] = async t => await Insert(t.Server, t.Tenant, t.Account, t.Unique("mine"), false),
    };

    /// <summary>A customer's channel, past what it would send: no name of its domain leads anywhere, and what is to be told waits.</summary>
    internal static async Task<string> Insert(TestServer server, string tenant, string account, string name = "mine", bool proved = true)
    {
        var wanted = new Channel { Kind = "webhook", Name = name, Settings = """{"url":"https://gatehouse.invalid/hook","signing_secret":"s3cret"}""" };
        var channel = server.Service<ChannelSecrets>().Checked(wanted, null) with { Id = Ids.New(), Enabled = proved, CreatedAt = server.Clock.Now, UpdatedAt = server.Clock.Now };
        await server.Db.Write(async s =>
        {
            await ChannelStore.InsertOwn(s, tenant, account, channel);
            if (!proved)
                await MyChannelStore.SetCode(s, tenant, channel.Id, server.Service<SecretBox>().Seal("123456"u8, MyChannelStore.Sealed.Purpose), server.Clock.Now + 60_000);
            return true;
        });
        return channel.Id;
    }
}
