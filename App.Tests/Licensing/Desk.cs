using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing;

/// <summary>A running server with a plan and keys, and a member of staff before it: where tests of the pages of keys begin.</summary>
internal sealed class Desk : IAsyncDisposable
{
    private Desk(TestServer server, HttpClient api, TestBrowser browser, string plan) => (Server, Api, Browser, Plan) = (server, api, browser, plan);

    public TestServer Server { get; }

    public HttpClient Api { get; }

    public TestBrowser Browser { get; }

    /// <summary>The id of a plan of 30 days with the prefix VIP.</summary>
    public string Plan { get; }

    public static async Task<Desk> Open(Engine engine = Engine.Sqlite, Role role = Role.Operator)
    {
        var server = await TestServer.Start(engine);
        var api = await server.As(Role.Admin);
        return new Desk(server, api, await server.SignedIn(role), await api.MakePlan("VIP", 30 * 86400, 2, "VIP"));
    }

    public async Task<List<string>> Keys(int count, string prefix = "VIP") => (await Api.MakeKeys(Plan, count, prefix)).Keys;

    public async Task<string> State(string key) => (string)(await Api.GetApi("/api/keys/" + key))["key"]!["status"]!;

    /// <summary>Posts a form with the token of its page; a name may come more than once.</summary>
    public async Task<TestPage> Post(string path, params (string Name, string Value)[] fields)
    {
        var token = (await Browser.Get("/admin/keys/import")).One("main input[name=_csrf]").GetAttribute("value")!;
        return await Browser.Send(() => new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(fields.Append(("_csrf", token)).Select(f => KeyValuePair.Create(f.Item1, f.Item2))),
        });
    }

    /// <summary>The message that the page a redirect leads to tells.</summary>
    public async Task<string> Told(TestPage answer)
    {
        Assert.Equal(HttpStatusCode.SeeOther, answer.Status);
        return (await Browser.Get(answer.Location!)).One("#gh-toasts .gh-toast p").TextContent;
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
