using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;
using Gatehouse.Tests.Support.Tickets;

namespace Gatehouse.Tests.Billing;

/// <summary>A customer who has put a key on their account, whose month runs.</summary>
/// <param name="Keys">Of the plan: the one on the account, and one that is unused.</param>
/// <param name="List">The page of their keys.</param>
internal sealed record KeyHolder(string Plan, List<string> Keys, string Account, HttpClient Http, TestBrowser Browser, TestPage List)
{
    public static async Task<KeyHolder> Open(TestServer server, HttpClient owner)
    {
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP", price = 1250, on_sale = true, duration_seconds = 30 * 86400 }))["plan"]!["id"]!;
        var keys = await owner.Keys(plan, 2);
        await server.Validate(keys[0], "machine-1");
        var (account, http) = await Helpdesk.Customer(server);
        var browser = await Helpdesk.Browser(server, account);
        return new(plan, keys, account, http, browser, await browser.Submit(await browser.Get("/account/keys"), "form[action='/account/keys']", new() { ["key"] = keys[0] }));
    }
}
